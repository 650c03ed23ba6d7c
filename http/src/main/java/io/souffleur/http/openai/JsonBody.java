package io.souffleur.http.openai;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Bytes of a body to a JSON tree within {@link RequestLimits}.
 *
 * <p>Plain trees only: no type information of any kind is read from a body. Safe for any number of
 * threads.
 */
public final class JsonBody {
  private static final int NAME_CHARS_MAX = 1024;

  /** Classes, settings and sources of the parser, which tell a client nothing. */
  private static final Pattern INSIDES = Pattern.compile(
      ", from `[^`]*`|: enable `.*| \\((bound as|start marker at|for (Object|Array)) .*");

  private final RequestLimits limits;
  private final ObjectMapper mapper;

  public JsonBody(RequestLimits limits) {
    this.limits = limits;
    StreamReadConstraints constraints = StreamReadConstraints.builder()
        .maxNestingDepth(limits.nestingDepth())
        .maxNumberLength(limits.numberChars())
        .maxNameLength(NAME_CHARS_MAX)
        .maxStringLength(limits.bodyBytes())
        .build();
    JsonFactory factory =
        JsonFactory.builder().streamReadConstraints(constraints).build();
    this.mapper = JsonMapper.builder(factory)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }

  public RequestLimits limits() {
    return limits;
  }

  /** The object that is the whole body. */
  public Fields read(byte[] body) {
    JsonNode tree = parse(body);
    if (!tree.isObject()) {
      throw ApiException.malformed("the body must be a JSON object, got " + Fields.describe(tree));
    }
    checkText(tree);
    return new Fields(tree, "");
  }

  private JsonNode parse(byte[] body) {
    if (body.length == 0) {
      throw ApiException.malformed("the body is empty; a JSON object is needed");
    }
    try {
      return mapper.readTree(body);
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null
          ? ""
          : " at line " + e.getLocation().getLineNr() + ", column "
              + e.getLocation().getColumnNr();
      throw ApiException.malformed(
          "the body is not valid JSON" + where + ": " + mistake(e.getOriginalMessage()));
    } catch (IOException e) {
      throw ApiException.malformed(
          "the body is not valid JSON: " + mistake(String.valueOf(e.getMessage())));
    }
  }

  /** What the parser says, without what it says about itself. */
  static String mistake(String message) {
    return Fields.shorten(INSIDES.matcher(message).replaceAll(""));
  }

  /**
   * Half a surrogate pair can be written in JSON, but is no text that could be tokenized. The path
   * is only put together when something is wrong: trees are wide and deep.
   */
  private static void checkText(JsonNode body) {
    Optional<String> broken = brokenText(body);
    if (broken.isPresent()) {
      throw ApiException.malformed(Fields.shorten(broken.get().substring(1))
          + " is not valid Unicode: half a surrogate pair");
    }
  }

  /** The path of the first broken text below a node, with a dot or bracket in front. */
  private static Optional<String> brokenText(JsonNode node) {
    if (node.isTextual()) {
      return broken(node.textValue()) ? Optional.of("") : Optional.empty();
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        Optional<String> below = brokenText(node.get(i));
        if (below.isPresent()) {
          return Optional.of("[" + i + "]" + below.get());
        }
      }
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      Optional<String> below =
          broken(field.getKey()) ? Optional.of("") : brokenText(field.getValue());
      if (below.isPresent()) {
        return Optional.of("." + field.getKey() + below.get());
      }
    }
    return Optional.empty();
  }

  private static boolean broken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }
}
