package io.souffleur.tokenizer.jinja;

/** {@code "…{}…".format(…)}: replacement fields with attribute and item access. Used once. */
final class BraceFormat {
  private static final int DEPTH_MAX = 2;

  private final Run run;
  private final Arguments arguments;
  private int automatic;
  private boolean numbered;

  private BraceFormat(Run run, Arguments arguments) {
    this.run = run;
    this.arguments = arguments;
  }

  static String format(String format, Arguments arguments, Run run) {
    String text = new BraceFormat(run, arguments).expand(format, DEPTH_MAX);
    run.budget().text(text.length());
    return text;
  }

  private String expand(String format, int depth) {
    if (depth == 0) {
      throw Errors.failure("Max string recursion exceeded");
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i++);
      if ((c == '{' || c == '}') && i < format.length() && format.charAt(i) == c) {
        out.append(c);
        i++;
      } else if (c == '}') {
        throw Errors.failure("Single '}' encountered in format string");
      } else if (c == '{') {
        int end = fieldEnd(format, i);
        out.append(field(format.substring(i, end), depth));
        i = end + 1;
      } else {
        out.append(c);
      }
      run.budget().fits(out.length());
    }
    return out.toString();
  }

  private static int fieldEnd(String format, int from) {
    int open = 1;
    for (int i = from; i < format.length(); i++) {
      char c = format.charAt(i);
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (open == 0) {
        return i;
      }
    }
    throw Errors.failure("expected '}' before end of string");
  }

  private String field(String field, int depth) {
    run.budget().step();
    int colon = indexOutsideBrackets(field, ':');
    String head = colon < 0 ? field : field.substring(0, colon);
    String spec = colon < 0 ? "" : expand(field.substring(colon + 1), depth - 1);
    int mark = indexOutsideBrackets(head, '!');
    Object value = value(mark < 0 ? head : head.substring(0, mark));
    if (mark >= 0) {
      value = switch (head.substring(mark + 1)) {
        case "s" -> Repr.str(value, run.budget());
        case "r", "a" -> Repr.repr(value, run.budget());
        default -> throw Errors.failure("Unknown conversion specifier " + head.substring(mark + 1));
      };
    }
    return FormatSpec.parse(spec).apply(value, run.budget());
  }

  private static int indexOutsideBrackets(String text, char wanted) {
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == wanted && !inside) {
        return i;
      }
      inside = c == '[' || inside && c != ']';
    }
    return -1;
  }

  private Object value(String path) {
    int end = 0;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    Object value = first(path.substring(0, end));
    while (end < path.length()) {
      int start = end + 1;
      if (path.charAt(end) == '.') {
        end = start;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
          end++;
        }
        value = Access.attribute(value, path.substring(start, end));
      } else {
        end = path.indexOf(']', start);
        if (end < 0) {
          throw Errors.failure("Missing ']' in format string");
        }
        String key = path.substring(start, end++);
        value = Access.item(value, isIndex(key) ? (Object) Long.valueOf(key) : key, run.budget());
      }
    }
    return value;
  }

  private Object first(String name) {
    if (name.isEmpty()) {
      if (numbered) {
        throw Errors.failure(
            "cannot switch from manual field specification to automatic field numbering");
      }
      return positional(automatic++);
    }
    if (isIndex(name)) {
      if (automatic > 0) {
        throw Errors.failure(
            "cannot switch from automatic field numbering to manual field specification");
      }
      numbered = true;
      return positional(Integer.parseInt(name));
    }
    if (!arguments.named().containsKey(name)) {
      throw Errors.failure(Repr.of(name));
    }
    return arguments.named().get(name);
  }

  private Object positional(int index) {
    if (index >= arguments.positional().size()) {
      throw Errors.failure(
          "Replacement index " + index + " out of range for positional args tuple");
    }
    return arguments.positional().get(index);
  }

  private static boolean isIndex(String text) {
    return !text.isEmpty()
        && text.length() < 10
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
