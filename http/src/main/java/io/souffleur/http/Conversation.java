package io.souffleur.http;

import io.souffleur.tokenizer.ChatTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Fits messages to what a chat template can read: a list of text parts stays one only if the
 * template asks what kind of thing the content is; otherwise the parts are joined with a blank.
 */
final class Conversation {
  private static final Pattern TAKES_PARTS =
      Pattern.compile("content['\"\\])\\s]*\\s+is\\s+(not\\s+)?(string|iterable|sequence|mapping)");

  private Conversation() {}

  static List<Map<String, Object>> forTemplate(
      List<Map<String, Object>> messages, Optional<ChatTemplate> template) {
    boolean takesParts =
        template.isPresent() && TAKES_PARTS.matcher(template.get().source()).find();
    return takesParts ? messages : messages.stream().map(Conversation::joined).toList();
  }

  private static Map<String, Object> joined(Map<String, Object> message) {
    if (!(message.get("content") instanceof List<?> parts)) {
      return message;
    }
    List<String> texts = new ArrayList<>(parts.size());
    for (Object part : parts) {
      if (part instanceof Map<?, ?> fields) {
        texts.add(String.valueOf(fields.get("text")));
      }
    }
    Map<String, Object> copy = new LinkedHashMap<>(message);
    copy.put("content", String.join(" ", texts));
    return copy;
  }
}
