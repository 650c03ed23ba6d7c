package io.souffleur.http.stage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.http.stage.argument.JsonScanner;
import io.souffleur.http.stage.argument.JsonText;
import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A call written as one JSON object: {@code name}, and {@code parameters} or {@code arguments}.
 *
 * @param arguments text of one JSON object
 */
record CallObject(String name, String arguments) {
  private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder()
              .maxNestingDepth(JsonScanner.DEPTH_MAX)
              .build())
          .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  /**
   * Strict JSON only: one call, or a list of them.
   *
   * @return without everything that is no call of one of the tools
   */
  static List<CallObject> read(String text, ToolSchemas tools) {
    JsonNode tree;
    try {
      tree = JSON.readTree(text);
    } catch (JsonProcessingException malformed) {
      return List.of();
    }
    if (!tree.isArray()) {
      return read(tree, tools).stream().toList();
    }
    List<CallObject> calls = new ArrayList<>();
    tree.forEach(each -> read(each, tools).ifPresent(calls::add));
    return calls;
  }

  private static Optional<CallObject> read(JsonNode tree, ToolSchemas tools) {
    JsonNode name = tree.path("name");
    if (!name.isTextual() || !tools.knows(name.textValue())) {
      return Optional.empty();
    }
    JsonNode given = tree.path("parameters");
    if (given.isMissingNode() || given.isNull()) {
      given = tree.path("arguments");
    }
    if (given.isMissingNode() || given.isNull()) {
      return Optional.of(new CallObject(name.textValue(), "{}"));
    }
    return given.isObject() && finite(given)
        ? Optional.of(new CallObject(name.textValue(), JsonText.of(given)))
        : Optional.empty();
  }

  private static boolean finite(JsonNode node) {
    if (node.isFloatingPointNumber()) {
      return Double.isFinite(node.doubleValue());
    }
    for (JsonNode child : node) {
      if (!finite(child)) {
        return false;
      }
    }
    return true;
  }
}
