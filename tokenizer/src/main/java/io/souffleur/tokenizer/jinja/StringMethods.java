package io.souffleur.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The methods of Python strings. */
final class StringMethods {
  private static final Set<String> NAMES = Set.of(
      "capitalize",
      "casefold",
      "center",
      "count",
      "endswith",
      "expandtabs",
      "find",
      "format",
      "format_map",
      "index",
      "isalnum",
      "isalpha",
      "isascii",
      "isdecimal",
      "isdigit",
      "isidentifier",
      "islower",
      "isnumeric",
      "isprintable",
      "isspace",
      "istitle",
      "isupper",
      "join",
      "ljust",
      "lower",
      "lstrip",
      "partition",
      "removeprefix",
      "removesuffix",
      "replace",
      "rfind",
      "rindex",
      "rjust",
      "rpartition",
      "rsplit",
      "rstrip",
      "split",
      "splitlines",
      "startswith",
      "strip",
      "swapcase",
      "title",
      "upper",
      "zfill");

  private final String text;
  private final String name;
  private final Run run;
  private final Arguments arguments;

  private StringMethods(String text, String name, Run run, Arguments arguments) {
    this.text = text;
    this.name = name;
    this.run = run;
    this.arguments = arguments;
  }

  /** The method bound to {@code text}, or null; {@code markup} keeps the mark on a text result. */
  static Callable bind(String text, boolean markup, String name) {
    if (!NAMES.contains(name)) {
      return null;
    }
    return (run, arguments) -> {
      run.budget().text(text.length());
      Object result = new StringMethods(text, name, run, arguments).call();
      return markup && result instanceof String s ? new Markup(s) : result;
    };
  }

  private Object call() {
    return switch (name) {
      case "strip" -> strip(true, true);
      case "lstrip" -> strip(true, false);
      case "rstrip" -> strip(false, true);
      case "split" -> split(false);
      case "rsplit" -> split(true);
      case "startswith", "endswith" -> edge();
      case "find", "rfind", "index", "rindex" -> find();
      case "count" -> count();
      case "replace" -> replace();
      case "join" ->
        TextFilters.join(text, bind(1, "iterable").get("iterable"), run.budget(), true);
      case "format" -> BraceFormat.format(text, arguments, run);
      case "format_map" -> BraceFormat.format(text, named(bind(1, "map").get("map")), run);
      case "partition", "rpartition" -> partition();
      case "removeprefix", "removesuffix" -> remove();
      case "center", "ljust", "rjust" -> justify();
      case "zfill" -> zfill();
      case "splitlines" -> {
        var bound = bind(0, "keepends");
        List<Object> lines = new ArrayList<>(Text.lines(text, bound.integer("keepends", 0) != 0));
        run.budget().items(lines.size());
        yield lines;
      }
      case "expandtabs" -> expandTabs(bind(0, "tabsize").integer("tabsize", 8));
      default -> withoutArguments();
    };
  }

  private Arguments.Bound bind(int required, String... parameters) {
    return arguments.bind(name, required, parameters);
  }

  private static Arguments named(Object map) {
    if (!(map instanceof Map<?, ?>)) {
      throw Errors.failure("format_map() needs a dict");
    }
    Map<String, Object> values = new java.util.LinkedHashMap<>();
    Types.dict(map).forEach((key, value) -> values.put(String.valueOf(key), value));
    return new Arguments(List.of(), values);
  }

  private Object withoutArguments() {
    arguments.none(name);
    return switch (name) {
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "casefold" -> text.replace("ß", "ss").toLowerCase(Locale.ROOT);
      case "capitalize" -> Case.capitalize(text);
      case "title" -> Case.title(text);
      case "swapcase" -> Case.swap(text);
      case "islower" -> Case.isAll(text, false);
      case "isupper" -> Case.isAll(text, true);
      case "istitle" -> Case.isTitle(text);
      case "isascii" -> text.chars().allMatch(c -> c < 0x80);
      case "isprintable" -> text.codePoints().allMatch(Repr::isPrintable);
      case "isidentifier" -> isIdentifier();
      case "isspace" -> all(Text::isSpace);
      case "isalpha" -> all(Character::isLetter);
      case "isdecimal" -> all(c -> Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER);
      case "isdigit" -> all(StringMethods::isDigit);
      case "isnumeric" -> all(StringMethods::isNumeric);
      case "isalnum" -> all(c -> Character.isLetter(c) || isNumeric(c));
      default -> throw new IllegalStateException("no method " + name);
    };
  }

  private boolean all(java.util.function.IntPredicate predicate) {
    return !text.isEmpty() && text.codePoints().allMatch(predicate);
  }

  /** Decimal digits, and the superscripts and circled digits that have a digit value. */
  private static boolean isDigit(int c) {
    return Character.isDigit(c)
        || c == 0xB2
        || c == 0xB3
        || c == 0xB9
        || c == 0x2070
        || c >= 0x2074 && c <= 0x2079
        || c >= 0x2080 && c <= 0x2089
        || c >= 0x2460 && c <= 0x2468;
  }

  static boolean isNumeric(int c) {
    return switch (Character.getType(c)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> false;
    };
  }

  private boolean isIdentifier() {
    if (text.isEmpty()) {
      return false;
    }
    int first = text.codePointAt(0);
    return (first == '_' || Character.isUnicodeIdentifierStart(first))
        && text.codePoints().allMatch(c -> c == '_' || Character.isUnicodeIdentifierPart(c));
  }

  private String strip(boolean left, boolean right) {
    var bound = bind(0, "chars");
    return Text.strip(text, bound.get("chars") == null ? null : bound.text("chars"), left, right);
  }

  private List<Object> split(boolean fromRight) {
    var bound = bind(0, "sep", "maxsplit");
    long limit = bound.integer("maxsplit", -1);
    limit = limit < 0 ? Long.MAX_VALUE : limit;
    List<Object> parts;
    if (bound.get("sep") == null) {
      parts = fromRight ? Split.spaceFromRight(text, limit) : Split.space(text, limit);
    } else {
      String separator = bound.text("sep");
      if (separator.isEmpty()) {
        throw Errors.failure("empty separator");
      }
      parts =
          fromRight ? Split.fromRight(text, separator, limit) : Split.by(text, separator, limit);
    }
    run.budget().items(parts.size());
    return parts;
  }

  /** The part of the text that {@code start} and {@code stop} leave, or null if start is beyond it. */
  private int[] window(Arguments.Bound bound) {
    int length = Text.length(text);
    int start = bound.get("start") == null ? 0 : bound.integer("start", 0);
    int stop = bound.get("end") == null ? length : bound.integer("end", length);
    start = start < 0 ? Math.max(start + length, 0) : start;
    stop = stop < 0 ? Math.max(stop + length, 0) : Math.min(stop, length);
    if (start > length || start > stop) {
      return null;
    }
    return new int[] {text.offsetByCodePoints(0, start), text.offsetByCodePoints(0, stop)};
  }

  private boolean edge() {
    var bound = bind(1, "prefix", "start", "end");
    Object wanted = bound.get("prefix");
    int[] window = window(bound);
    if (wanted instanceof Tuple tuple) {
      return tuple.stream().anyMatch(one -> edge(one, window));
    }
    return edge(wanted, window);
  }

  private boolean edge(Object wanted, int[] window) {
    if (!Types.isText(wanted)) {
      throw Errors.failure(
          name + " first arg must be str or a tuple of str, not " + Types.name(wanted));
    }
    if (window == null) {
      return false;
    }
    String part = text.substring(window[0], window[1]);
    return name.equals("startswith")
        ? part.startsWith(Types.text(wanted))
        : part.endsWith(Types.text(wanted));
  }

  private long find() {
    var bound = bind(1, "sub", "start", "end");
    int[] window = window(bound);
    int at = -1;
    if (window != null) {
      String part = text.substring(window[0], window[1]);
      String wanted = bound.text("sub");
      at = name.startsWith("r") ? part.lastIndexOf(wanted) : part.indexOf(wanted);
    }
    if (at < 0) {
      if (name.endsWith("index")) {
        throw Errors.failure("substring not found");
      }
      return -1;
    }
    return text.codePointCount(0, window[0] + at);
  }

  private long count() {
    var bound = bind(1, "sub", "start", "end");
    int[] window = window(bound);
    String wanted = bound.text("sub");
    if (window == null) {
      return 0;
    }
    String part = text.substring(window[0], window[1]);
    if (wanted.isEmpty()) {
      return Text.length(part) + 1L;
    }
    long found = 0;
    for (int at = part.indexOf(wanted); at >= 0; at = part.indexOf(wanted, at + wanted.length())) {
      found++;
    }
    return found;
  }

  private String replace() {
    var bound = bind(2, "old", "new", "count");
    return Text.replace(
        text, bound.text("old"), bound.text("new"), bound.integer("count", -1), run.budget());
  }

  private Tuple partition() {
    String separator = bind(1, "sep").text("sep");
    if (separator.isEmpty()) {
      throw Errors.failure("empty separator");
    }
    boolean right = name.startsWith("r");
    int at = right ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at < 0) {
      return right ? new Tuple("", "", text) : new Tuple(text, "", "");
    }
    return new Tuple(text.substring(0, at), separator, text.substring(at + separator.length()));
  }

  private String remove() {
    boolean prefix = name.equals("removeprefix");
    String affix = bind(1, "affix").text("affix");
    if (prefix) {
      return text.startsWith(affix) ? text.substring(affix.length()) : text;
    }
    return text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text;
  }

  private String justify() {
    var bound = bind(1, "width", "fillchar");
    String fill = bound.has("fillchar") ? bound.text("fillchar") : " ";
    if (Text.length(fill) != 1) {
      throw Errors.failure("The fill character must be exactly one character long");
    }
    return justify(text, name, bound.integer("width", 0), fill, run.budget());
  }

  /** {@code how} is one of {@code center}, {@code ljust}, {@code rjust}. */
  static String justify(String text, String how, int width, String fill, Budget budget) {
    int missing = width - Text.length(text);
    if (missing <= 0) {
      return text;
    }
    int left = switch (how) {
      case "ljust" -> 0;
      case "rjust" -> missing;
      default -> missing / 2 + (missing & width & 1);
    };
    return Text.repeat(fill, left, budget) + text + Text.repeat(fill, missing - left, budget);
  }

  private String zfill() {
    int missing = bind(1, "width").integer("width", 0) - Text.length(text);
    if (missing <= 0) {
      return text;
    }
    int at = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
    return text.substring(0, at) + Text.repeat("0", missing, run.budget()) + text.substring(at);
  }

  private String expandTabs(int tabSize) {
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\t') {
        int spaces = tabSize > 0 ? tabSize - column % tabSize : 0;
        run.budget().fits((long) out.length() + spaces);
        out.repeat(" ", spaces);
        column += spaces;
      } else {
        out.append(c);
        column = c == '\n' || c == '\r' ? 0 : column + (Character.isLowSurrogate(c) ? 0 : 1);
      }
    }
    return out.toString();
  }
}
