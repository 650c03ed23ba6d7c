package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Filters.Filter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters whose result is text. */
final class TextFilters {
  private TextFilters() {}

  static void register(Map<String, Filter> all) {
    all.put("string", (run, value, arguments) -> {
      arguments.none("string");
      return value instanceof Markup ? value : Repr.str(value, run.budget());
    });
    all.put("upper", onText("upper", text -> text.toUpperCase(Locale.ROOT)));
    all.put("lower", onText("lower", text -> text.toLowerCase(Locale.ROOT)));
    all.put("capitalize", onText("capitalize", Case::capitalize));
    all.put("title", onText("title", Case::titleWords));
    all.put("trim", TextFilters::trim);
    all.put("replace", TextFilters::replace);
    all.put("join", TextFilters::joined);
    all.put("indent", TextFilters::indent);
    all.put(
        "center",
        (run, value, arguments) -> StringMethods.justify(
            Repr.str(value, run.budget()),
            "center",
            arguments.bind("center", 0, "width").integer("width", 80),
            " ",
            run.budget()));
    all.put("format", TextFilters::format);
    all.put("truncate", TextFilters::truncate);
    all.put("wordcount", TextFilters::wordCount);
    all.put("striptags", TextFilters::stripTags);
    all.put("urlencode", UrlText::encode);
    all.put("tojson", TextFilters::toJson);
    all.put("safe", (run, value, arguments) -> {
      arguments.none("safe");
      return new Markup(Repr.str(value, run.budget()));
    });
    Filter escape = (run, value, arguments) -> {
      arguments.none("escape");
      return value instanceof Markup
          ? value
          : new Markup(Markup.escape(Repr.str(value, run.budget())));
    };
    all.put("escape", escape);
    all.put("e", escape);
    all.put("forceescape", (run, value, arguments) -> {
      arguments.none("forceescape");
      return new Markup(Markup.escape(Repr.str(value, run.budget())));
    });
  }

  private static Filter onText(String name, java.util.function.UnaryOperator<String> change) {
    return (run, value, arguments) -> {
      arguments.none(name);
      String text = Repr.str(value, run.budget());
      run.budget().text(text.length());
      return like(value, change.apply(text));
    };
  }

  /** Marks the result as HTML if the input was. */
  private static Object like(Object input, String result) {
    return input instanceof Markup ? new Markup(result) : result;
  }

  private static Object trim(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("trim", 0, "chars");
    String text = Repr.str(value, run.budget());
    run.budget().text(text.length());
    String set = bound.get("chars") == null ? null : bound.text("chars");
    return like(value, Text.strip(text, set, true, true));
  }

  private static Object replace(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("replace", 2, "old", "new", "count");
    return Text.replace(
        Repr.str(value, run.budget()),
        Repr.str(bound.get("old"), run.budget()),
        Repr.str(bound.get("new"), run.budget()),
        bound.get("count") == null ? -1 : bound.integer("count", -1),
        run.budget());
  }

  private static Object joined(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("join", 0, "d", "attribute");
    Object items = bound.get("attribute") == null
        ? value
        : new Generator(AttributePath.of(bound.get("attribute"), run.budget())
            .mapped(Types.iterate(value, run.budget())));
    return join(Repr.str(bound.get("d", ""), run.budget()), items, run.budget(), false);
  }

  /** @param strict refuses items that are no text, as the string method does */
  static String join(String separator, Object items, Budget budget, boolean strict) {
    StringBuilder out = new StringBuilder();
    Iterator<Object> iterator = Types.iterate(items, budget);
    boolean first = true;
    while (iterator.hasNext()) {
      Object item = iterator.next();
      if (strict && !Types.isText(item)) {
        throw Errors.failure(
            "sequence item: expected str instance, " + Types.name(item) + " found");
      }
      if (!first) {
        out.append(separator);
      }
      first = false;
      out.append(Repr.str(item, budget));
      budget.fits(out.length());
    }
    budget.text(out.length());
    return out.toString();
  }

  private static Object indent(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("indent", 0, "width", "first", "blank");
    if (!Types.isText(value)) {
      throw value instanceof Undefined undefined
          ? Errors.failure(undefined.message())
          : Errors.noBinary("+=", value, "");
    }
    Object width = bound.get("width", 4L);
    String indention = Types.isText(width)
        ? Types.text(width)
        : Text.repeat(" ", bound.integer("width", 4), run.budget());
    List<String> lines = Text.lines(Types.text(value) + "\n", false);
    StringBuilder out = new StringBuilder(bound.truth("first", false) ? indention : "");
    for (int i = 0; i < lines.size(); i++) {
      if (i > 0) {
        boolean indented = !lines.get(i).isEmpty() || bound.truth("blank", false);
        out.append('\n').append(indented ? indention : "");
      }
      out.append(lines.get(i));
      run.budget().fits(out.length());
    }
    run.budget().text(out.length());
    return like(value, out.toString());
  }

  private static Object format(Run run, Object value, Arguments arguments) {
    boolean both = !arguments.positional().isEmpty() && !arguments.named().isEmpty();
    if (both) {
      throw Errors.failure("can't handle positional and keyword arguments at the same time");
    }
    Object values =
        arguments.named().isEmpty() ? Tuple.copyOf(arguments.positional()) : arguments.named();
    return PercentFormat.format(Repr.str(value, run.budget()), values, run.budget());
  }

  private static Object truncate(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("truncate", 0, "length", "killwords", "end", "leeway");
    int length = bound.integer("length", 255);
    String end = bound.has("end") ? bound.text("end") : "...";
    int leeway = bound.get("leeway") == null ? 5 : bound.integer("leeway", 5);
    int room = length - Text.length(end);
    if (room < 0 || leeway < 0) {
      throw Errors.failure("expected length >= " + Text.length(end) + ", got " + length);
    }
    int size = Types.length(value)
        .orElseThrow(
            () -> Errors.failure("object of type '" + Types.name(value) + "' has no len()"));
    if (size <= (long) length + leeway) {
      return value;
    }
    if (!Types.isText(value)) {
      throw Errors.failure("only a text can be truncated, not " + Types.name(value));
    }
    String text = Types.text(value);
    String cut = text.substring(0, text.offsetByCodePoints(0, room));
    if (!bound.truth("killwords", false) && cut.lastIndexOf(' ') >= 0) {
      cut = cut.substring(0, cut.lastIndexOf(' '));
    }
    return like(value, cut + end);
  }

  private static Object wordCount(Run run, Object value, Arguments arguments) {
    arguments.none("wordcount");
    long count = 0;
    boolean inside = false;
    String text = Repr.str(value, run.budget());
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      boolean part = c == '_' || Character.isLetter(c) || StringMethods.isNumeric(c);
      count += part && !inside ? 1 : 0;
      inside = part;
    }
    return count;
  }

  /** Drops comments and tags, joins what white space separates by one blank, resolves entities. */
  private static Object stripTags(Run run, Object value, Arguments arguments) {
    arguments.none("striptags");
    String text = without(Repr.str(value, run.budget()), "<!--", "-->");
    text = without(text, "<", ">");
    List<Object> words = Split.space(text, Long.MAX_VALUE);
    List<String> plain = new ArrayList<>();
    words.forEach(word -> plain.add((String) word));
    return unescape(String.join(" ", plain));
  }

  private static String without(String text, String open, String close) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (true) {
      int start = text.indexOf(open, from);
      int end = start < 0 ? -1 : text.indexOf(close, start);
      if (end < 0) {
        return out.append(text, from, text.length()).toString();
      }
      out.append(text, from, start);
      from = end + close.length();
    }
  }

  private static String unescape(String text) {
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }

  private static Object toJson(Run run, Object value, Arguments arguments) {
    var bound = arguments.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
    String indent = switch (bound.get("indent")) {
      case null -> null;
      case String s -> s;
      default -> Text.repeat(" ", bound.integer("indent", 0), run.budget());
    };
    String item = indent == null ? ", " : ",";
    String key = ": ";
    if (bound.get("separators") != null) {
      List<Object> pair = Types.toList(bound.get("separators"), run.budget());
      if (pair.size() != 2 || !Types.isText(pair.get(0)) || !Types.isText(pair.get(1))) {
        throw Errors.failure("separators must be a pair of strings");
      }
      item = Types.text(pair.get(0));
      key = Types.text(pair.get(1));
    }
    var style = new Json.Style(
        bound.truth("ensure_ascii", false), indent, item, key, bound.truth("sort_keys", false));
    return Json.dumps(value, style, run.budget());
  }
}
