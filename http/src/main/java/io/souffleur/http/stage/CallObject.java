package io.souffleur.http.stage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.http.stage.argument.JsonText;
import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.Optional;

/**
 * A call written as one JSON object: {@code name}, and {@code parameters} or {@code arguments}.
 *
 * @param arguments text of one JSON object
 */
record CallObject(String name, String arguments) {
  private static final int DEPTH_MAX = 64;
  private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  /** Strict JSON only; empty for everything that is no call of one of the tools. */
  static Optional<CallObject> read(String text, ToolSchemas tools) {
    JsonNode tree;
    try {
      tree = JSON.readTree(text);
    } catch (JsonProcessingException malformed) {
      return Optional.empty();
    }
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
