package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Refuses fields that the API knows and this server does not serve: whoever asks for log
 * probabilities must not get an answer that silently lacks them. Neutral values are accepted.
 */
final class Unserved {
  private Unserved() {}

  static ApiException refusal(Fields fields, String name, String allowed) {
    return ApiException.unsupported(
        fields.path(name),
        "this server accepts " + allowed + " here, got " + Fields.show(fields.node(name)));
  }

  /** Fields that may only be absent. */
  static void any(Fields fields, String... names) {
    for (String name : names) {
      if (fields.has(name)) {
        throw refusal(fields, name, "only null");
      }
    }
  }

  /** Fields that may be absent, or an empty array, object or string. */
  static void nonEmpty(Fields fields, String... names) {
    for (String name : names) {
      JsonNode value = fields.node(name);
      boolean empty = value.isContainerNode() || value.isTextual()
          ? value.size() == 0 && value.asText().isEmpty()
          : value.isMissingNode();
      if (!empty) {
        throw refusal(fields, name, "only null or nothing");
      }
    }
  }

  /** Fields that may be absent or false. */
  static void flag(Fields fields, String... names) {
    for (String name : names) {
      if (fields.flag(name, false)) {
        throw refusal(fields, name, "only false");
      }
    }
  }

  /** A limit as people write it: 1, not 1.0. */
  static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
