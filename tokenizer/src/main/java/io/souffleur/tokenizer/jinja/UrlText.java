package io.souffleur.tokenizer.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The {@code urlencode} filter. */
final class UrlText {
  private UrlText() {}

  /** Quotes a text for a path; a map or pairs become a query. */
  static Object encode(Run run, Object value, Arguments arguments) {
    arguments.none("urlencode");
    Budget budget = run.budget();
    if (Types.isText(value) || !Types.isIterable(value)) {
      return quote(Repr.str(value, budget), "/", "%20");
    }
    Object pairs =
        value instanceof Map<?, ?> ? new DictView(DictView.Kind.ITEMS, Types.dict(value)) : value;
    List<String> parts = new ArrayList<>();
    for (Object pair : Types.toList(pairs, budget)) {
      List<Object> two = Types.toList(pair, budget);
      if (two.size() != 2) {
        throw Errors.failure("urlencode needs pairs");
      }
      parts.add(quote(Repr.str(two.get(0), budget), "", "+") + "="
          + quote(Repr.str(two.get(1), budget), "", "+"));
    }
    return String.join("&", parts);
  }

  private static String quote(String text, String safe, String space) {
    StringBuilder out = new StringBuilder();
    for (byte signed : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (signed & 0xFF);
      boolean letter = c < 0x80 && Character.isLetterOrDigit(c);
      if (letter || "_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0) {
        out.append(c);
      } else if (c == ' ') {
        out.append(space);
      } else {
        out.append(String.format("%%%02X", (int) c));
      }
    }
    return out.toString();
  }
}
