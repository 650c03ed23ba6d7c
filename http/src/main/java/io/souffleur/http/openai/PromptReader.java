package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.actors.ModelCard;
import io.souffleur.actors.PromptJob;
import java.util.ArrayList;
import java.util.List;

/** Reads prompts that are no conversations: a text, ids, or a list of either. */
final class PromptReader {
  /** Prompts of one request. */
  static final int PROMPTS_MAX = 256;

  /** Answers of one request, over all its prompts. */
  static void requireParts(int parts) {
    if (parts > PROMPTS_MAX) {
      throw ApiException.invalid(
          "n answers for each prompt are " + parts + " in all, allowed are at most " + PROMPTS_MAX);
    }
  }

  /**
   * What was read.
   *
   * @param list whether the request had a list of prompts, be it of one
   * @param jobs at least one
   */
  record Prompts(boolean list, List<PromptJob> jobs) {}

  private final ModelCard model;

  PromptReader(ModelCard model) {
    this.model = model;
  }

  /** Any form: the first element tells which one. */
  Prompts any(Fields fields, String name) {
    JsonNode value = fields.node(name);
    if (value.isMissingNode()) {
      throw fields.missing(name, "a string, token ids, or a list of either");
    }
    boolean ids = value.isArray()
        && !value.isEmpty()
        && (value.get(0).isNumber() || value.get(0).isArray());
    return ids ? ids(fields, name) : texts(fields, name);
  }

  /** A text or a list of texts. */
  Prompts texts(Fields fields, String name) {
    JsonNode value = fields.node(name);
    if (!value.isArray()) {
      if (!value.isTextual()) {
        throw fields.expected(name, "a string or a list of strings", value);
      }
      return new Prompts(false, List.of(text(value, fields.path(name))));
    }
    List<JsonNode> elements = prompts(fields, name);
    List<PromptJob> jobs = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      jobs.add(text(elements.get(i), fields.path(name) + "[" + i + "]"));
    }
    return new Prompts(true, jobs);
  }

  /** Token ids or a list of such. */
  Prompts ids(Fields fields, String name) {
    JsonNode value = fields.node(name);
    if (!value.isArray()) {
      throw fields.expected(name, "an array of token ids", value);
    }
    if (value.isEmpty() || !value.get(0).isArray()) {
      return new Prompts(false, List.of(job(value, fields.path(name))));
    }
    List<JsonNode> elements = prompts(fields, name);
    List<PromptJob> jobs = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      jobs.add(job(elements.get(i), fields.path(name) + "[" + i + "]"));
    }
    return new Prompts(true, jobs);
  }

  private static List<JsonNode> prompts(Fields fields, String name) {
    List<JsonNode> elements = fields.array(name, PROMPTS_MAX);
    if (elements.isEmpty()) {
      throw ApiException.invalid(fields.path(name) + " must not be empty");
    }
    return elements;
  }

  private static PromptJob text(JsonNode value, String path) {
    if (!value.isTextual()) {
      throw Fields.expectedAt(path, "a string", value);
    }
    if (value.textValue().isEmpty()) {
      throw ApiException.invalid(path + " must not be empty");
    }
    return new PromptJob.Text(value.textValue());
  }

  private PromptJob job(JsonNode value, String path) {
    int[] ids = Fields.ids(value, path, model.contextTokens(), model.vocabularySize());
    if (ids.length == 0) {
      throw ApiException.invalid(path + " must not be empty");
    }
    return new PromptJob.Ids(ids);
  }
}
