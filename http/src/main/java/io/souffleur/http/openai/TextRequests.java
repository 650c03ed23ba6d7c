package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.souffleur.actors.ModelCard;
import io.souffleur.http.stage.ReasoningStage;
import io.souffleur.http.stage.ToolParsers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Bodies of the endpoints about tokens and parsers. Safe for any thread. */
public final class TextRequests {
  /** Ids of one text in {@code /detokenize}. */
  static final int IDS_MAX = 1 << 20;

  private final JsonBody json;
  private final ModelCard model;

  public TextRequests(RequestLimits limits, ModelCard model) {
    this.json = new JsonBody(limits);
    this.model = model;
  }

  /**
   * What is to be tokenized.
   *
   * @param texts empty when the body holds a conversation instead
   */
  public record Tokenize(boolean list, List<String> texts) {}

  /** @throws ApiException if the body is not as the API wants it; so do the others */
  public Tokenize tokenize(byte[] body) {
    Fields fields = json.read(body);
    fields.bool("add_special_tokens");
    boolean prompt = fields.has("prompt");
    if (prompt == fields.has("messages")) {
      throw ApiException.invalid(
          "exactly one of prompt and messages is needed, got " + (prompt ? "both" : "neither"));
    }
    JsonNode value = fields.node("prompt");
    if (!prompt) {
      return new Tokenize(false, List.of());
    }
    if (value.isTextual()) {
      return new Tokenize(false, List.of(value.textValue()));
    }
    if (!value.isArray()) {
      throw fields.expected("prompt", "a string or a list of strings", value);
    }
    List<JsonNode> nodes = fields.array("prompt", PromptReader.PROMPTS_MAX);
    if (nodes.isEmpty()) {
      throw ApiException.invalid("prompt must not be empty");
    }
    List<String> texts = new ArrayList<>(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      if (!nodes.get(i).isTextual()) {
        throw Fields.expectedAt("prompt[" + i + "]", "a string", nodes.get(i));
      }
      texts.add(nodes.get(i).textValue());
    }
    return new Tokenize(true, texts);
  }

  /** @param tokens one array per text */
  public record Detokenize(boolean list, List<int[]> tokens, boolean skipSpecialTokens) {}

  public Detokenize detokenize(byte[] body) {
    Fields fields = json.read(body);
    boolean skip = fields.flag("skip_special_tokens", true);
    JsonNode value = fields.node("tokens");
    if (value.isMissingNode()) {
      throw fields.missing("tokens", "an array of token ids, or a list of such");
    }
    if (!value.isArray() || value.isEmpty() || !value.get(0).isArray()) {
      return new Detokenize(false, List.of(ids(value, "tokens")), skip);
    }
    List<JsonNode> nodes = fields.array("tokens", PromptReader.PROMPTS_MAX);
    List<int[]> tokens = new ArrayList<>(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      tokens.add(ids(nodes.get(i), "tokens[" + i + "]"));
    }
    return new Detokenize(true, tokens, skip);
  }

  private int[] ids(JsonNode value, String path) {
    return Fields.ids(value, path, IDS_MAX, model.vocabularySize());
  }

  /** A text in which calls are to be found. */
  public record Calls(String text, ArrayNode tools, String parser) {}

  public Calls calls(byte[] body) {
    Fields fields = json.read(body);
    return new Calls(
        fields.requiredString("text"),
        new ToolReader(json.limits().tools()).read(fields),
        parser(fields, "tool_call_parser", ToolParsers.NAMES));
  }

  /** The text in which a thought is to be found. */
  public String reasoning(byte[] body) {
    Fields fields = json.read(body);
    String text = fields.requiredString("text");
    parser(fields, "reasoning_parser", ReasoningStage.PARSERS);
    return text;
  }

  private static String parser(Fields fields, String name, Collection<String> known) {
    String parser = fields.requiredString(name);
    if (!known.contains(parser)) {
      throw ApiException.invalid(fields.path(name) + " must be one of "
          + known.stream().sorted().toList() + ", got " + Fields.show(fields.node(name)));
    }
    return parser;
  }
}
