package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.ScoreSpec;
import java.util.Arrays;
import java.util.List;

/**
 * Reads which log-probabilities a body of {@code /generate} asks for: one value for all its prompts, or a
 * list with one for each.
 */
final class ScoreReader {
  private static final String RETURN = "return_logprob";
  private static final String START = "logprob_start_len";
  private static final String TOP = "top_logprobs_num";
  private static final String IDS = "token_ids_logprob";

  /** Value of {@code logprob_start_len} that leaves the prompt out. */
  private static final int OUTPUT_ONLY = -1;

  private final Fields fields;
  private final PromptReader.Prompts prompts;
  private final int vocabularySize;

  ScoreReader(Fields fields, PromptReader.Prompts prompts, int vocabularySize) {
    this.fields = fields;
    this.prompts = prompts;
    this.vocabularySize = vocabularySize;
  }

  /** What is wanted for one of the prompts. */
  ScoreSpec read(int prompt) {
    boolean wanted = flag(prompt);
    int start = integer(START, prompt, OUTPUT_ONLY, Integer.MAX_VALUE, OUTPUT_ONLY);
    int top = integer(TOP, prompt, 0, ScoreSpec.TOP_MAX, 0);
    List<Integer> ids = ids(prompt);
    if (!wanted && (top > 0 || !ids.isEmpty())) {
      String name = top > 0 ? TOP : IDS;
      throw ApiException.invalid(fields.path(name) + " needs " + RETURN + " to be true, got "
          + Fields.show(fields.node(name)));
    }
    if (!wanted) {
      return ScoreSpec.NONE;
    }
    return new ScoreSpec(top, ids, first(start));
  }

  /** The first token that is shown has no score; no prompt is so long that the bound matters. */
  private static int first(int start) {
    return start == OUTPUT_ONLY
        ? ScoreSpec.OUTPUT_ONLY
        : Math.min(start, ScoreSpec.OUTPUT_ONLY - 2) + 1;
  }

  private boolean flag(int prompt) {
    if (!fields.node(RETURN).isArray()) {
      return fields.flag(RETURN, false);
    }
    JsonNode value = ofPrompt(RETURN, prompt);
    if (!value.isBoolean() && !absent(value)) {
      throw Fields.expectedAt(path(RETURN, prompt), "true or false", value);
    }
    return value.asBoolean(false);
  }

  private int integer(String name, int prompt, int min, int max, int otherwise) {
    if (!fields.node(name).isArray()) {
      return (int) fields.integer(name, min, max).orElse(otherwise);
    }
    JsonNode value = ofPrompt(name, prompt);
    return absent(value) ? otherwise : (int) Fields.integer(path(name, prompt), value, min, max);
  }

  private List<Integer> ids(int prompt) {
    JsonNode value = fields.node(IDS);
    if (value.isMissingNode()) {
      return List.of();
    }
    if (!nested(value)) {
      return ids(value, fields.path(IDS));
    }
    JsonNode own = ofPrompt(IDS, prompt);
    return absent(own) ? List.of() : ids(own, path(IDS, prompt));
  }

  private static boolean nested(JsonNode value) {
    for (JsonNode element : value) {
      if (element.isArray()) {
        return value.isArray();
      }
    }
    return false;
  }

  private List<Integer> ids(JsonNode value, String path) {
    int[] ids = Fields.ids(value, path, ScoreSpec.IDS_MAX, vocabularySize);
    return Arrays.stream(ids).boxed().toList();
  }

  private JsonNode ofPrompt(String name, int prompt) {
    return GenerateRequestReader.perPrompt(fields, name, prompts).get(prompt);
  }

  private static boolean absent(JsonNode value) {
    return value.isNull() || value.isMissingNode();
  }

  private String path(String name, int prompt) {
    return fields.path(name) + "[" + prompt + "]";
  }
}
