package io.souffleur.tokenizer.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one value whose attributes a template may set. Lives within one rendering. */
final class Namespace {
  private final Map<Object, Object> attributes = new LinkedHashMap<>();

  Map<Object, Object> attributes() {
    return attributes;
  }
}
