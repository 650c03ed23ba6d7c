package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Which cached prefixes a request may share: those of requests with the same {@code cache_salt} and
 * the same {@code extra_key}. Two pairs that differ never make the same namespace.
 */
final class CacheNamespace {
  /** Of each of the two, in UTF-16 units. */
  static final int CHARS_MAX = 256;

  private static final String SALT = "cache_salt";
  private static final String KEY = "extra_key";

  private CacheNamespace() {}

  /** Of a request with one prompt; empty for the namespace of everybody. */
  static String of(Fields fields) {
    return joined(text(fields, SALT), text(fields, KEY));
  }

  /** One for each of {@code count} prompts: from lists of that length, or the same for all. */
  static List<String> of(Fields fields, int count) {
    List<String> salts = texts(fields, SALT, count);
    List<String> keys = texts(fields, KEY, count);
    List<String> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(joined(salts.get(i), keys.get(i)));
    }
    return all;
  }

  private static List<String> texts(Fields fields, String name, int count) {
    List<String> texts = new ArrayList<>(count);
    if (fields.node(name).isArray()) {
      List<JsonNode> nodes = fields.array(name, PromptReader.PROMPTS_MAX);
      if (nodes.size() != count) {
        throw ApiException.invalid(fields.path(name) + " is a list of " + nodes.size()
            + ", but there " + (count == 1 ? "is one prompt" : "are " + count + " prompts"));
      }
      for (int i = 0; i < count; i++) {
        texts.add(checked(nodes.get(i), fields.path(name) + "[" + i + "]"));
      }
    } else {
      String one = text(fields, name);
      for (int i = 0; i < count; i++) {
        texts.add(one);
      }
    }
    return texts;
  }

  private static String text(Fields fields, String name) {
    return fields.has(name) ? checked(fields.node(name), fields.path(name)) : "";
  }

  private static String checked(JsonNode node, String path) {
    if (!node.isTextual()) {
      throw Fields.expectedAt(path, "a string", node);
    }
    String text = node.textValue();
    if (text.length() > CHARS_MAX) {
      throw ApiException.invalid(
          path + " has " + text.length() + " characters, allowed are at most " + CHARS_MAX);
    }
    return text;
  }

  private static String joined(String salt, String key) {
    return salt.isEmpty() && key.isEmpty() ? "" : salt.length() + ":" + salt + key;
  }
}
