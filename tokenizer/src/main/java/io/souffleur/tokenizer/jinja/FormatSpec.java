package io.souffleur.tokenizer.jinja;

import java.math.BigInteger;
import java.util.Locale;

/**
 * Python's format specification {@code [[fill]align][sign][#][0][width][grouping][.precision][type]}.
 *
 * @param align one of {@code < > = ^}, or 0 for the value's own
 * @param sign one of {@code + -} and space
 * @param grouping {@code ,} or {@code _}, or 0
 * @param precision -1 when not given
 * @param type 0 when not given
 */
record FormatSpec(
    int fill,
    char align,
    char sign,
    boolean alternate,
    int width,
    char grouping,
    int precision,
    char type) {
  private static final int SIZE_MAX = 1 << 24;

  static FormatSpec parse(String spec) {
    int i = 0;
    int fill = ' ';
    char align = 0;
    int first = spec.isEmpty() ? 0 : Character.charCount(spec.codePointAt(0));
    if (spec.length() > first && isAlign(spec.charAt(first))) {
      fill = spec.codePointAt(0);
      align = spec.charAt(first);
      i = first + 1;
    } else if (!spec.isEmpty() && isAlign(spec.charAt(0))) {
      align = spec.charAt(0);
      i = 1;
    }
    char sign = '-';
    if (i < spec.length() && "+- ".indexOf(spec.charAt(i)) >= 0) {
      sign = spec.charAt(i++);
    }
    boolean alternate = i < spec.length() && spec.charAt(i) == '#';
    i += alternate ? 1 : 0;
    if (i < spec.length() && spec.charAt(i) == '0') {
      i++;
      if (align == 0) {
        fill = '0';
        align = '=';
      }
    }
    int widthEnd = digitsEnd(spec, i);
    int width = size(spec.substring(i, widthEnd), 0);
    i = widthEnd;
    char grouping = 0;
    if (i < spec.length() && (spec.charAt(i) == ',' || spec.charAt(i) == '_')) {
      grouping = spec.charAt(i++);
    }
    int precision = -1;
    if (i < spec.length() && spec.charAt(i) == '.') {
      int end = digitsEnd(spec, i + 1);
      if (end == i + 1) {
        throw Errors.failure("Format specifier missing precision");
      }
      precision = size(spec.substring(i + 1, end), -1);
      i = end;
    }
    char type = i < spec.length() ? spec.charAt(i++) : 0;
    if (i < spec.length()) {
      throw Errors.failure("Invalid format specifier");
    }
    return new FormatSpec(fill, align, sign, alternate, width, grouping, precision, type);
  }

  private static boolean isAlign(char c) {
    return c == '<' || c == '>' || c == '=' || c == '^';
  }

  private static int digitsEnd(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  private static int size(String digits, int whenEmpty) {
    if (digits.isEmpty()) {
      return whenEmpty;
    }
    if (digits.length() > 8 || Integer.parseInt(digits) > SIZE_MAX) {
      throw Errors.limit("formatWidth", SIZE_MAX, "characters of a formatted field");
    }
    return Integer.parseInt(digits);
  }

  String apply(Object value, Budget budget) {
    budget.fits(Math.max(width, precision));
    return switch (value) {
      case Double d -> real(d);
      case Boolean b -> plain() && type == 0 ? (b ? "True" : "False") : whole(b);
      case Long l -> whole(l);
      case BigInteger i -> whole(i);
      case null -> other(null, budget);
      default -> other(value, budget);
    };
  }

  private String other(Object value, Budget budget) {
    if (Types.isText(value) || value instanceof Undefined) {
      return text(Repr.str(value, budget));
    }
    if (!plain() || type != 0) {
      throw Errors.failure(
          "unsupported format string passed to " + Types.name(value) + ".__format__");
    }
    return Repr.str(value, budget);
  }

  private String whole(Object value) {
    return realType() ? real(Numbers.real(value)) : integer(Numbers.big(value));
  }

  private boolean plain() {
    return align == 0 && sign == '-' && !alternate && width == 0 && grouping == 0 && precision < 0;
  }

  private boolean realType() {
    return type != 0 && "eEfFgG%".indexOf(type) >= 0;
  }

  private RuntimeException unknownType(String of) {
    return Errors.failure("Unknown format code '" + type + "' for object of type '" + of + "'");
  }

  private String text(String value) {
    if (type != 0 && type != 's') {
      throw unknownType("str");
    }
    if (align == '=' || sign != '-' || alternate || grouping != 0) {
      throw Errors.failure("this format specifier is not allowed for a string");
    }
    String cut = precision >= 0 && Text.length(value) > precision
        ? value.substring(0, value.offsetByCodePoints(0, precision))
        : value;
    return pad("", cut, '<');
  }

  private String integer(BigInteger value) {
    if (precision >= 0) {
      throw Errors.failure("Precision not allowed in integer format specifier");
    }
    int base = switch (type) {
      case 0, 'd', 'n' -> 10;
      case 'x', 'X' -> 16;
      case 'o' -> 8;
      case 'b' -> 2;
      case 'c' -> 0;
      default -> throw unknownType("int");
    };
    if (base == 0) {
      if (value.signum() < 0 || value.bitLength() > 20 || value.intValue() > 0x10FFFF) {
        throw Errors.failure("%c arg not in range(0x110000)");
      }
      return pad("", Text.character(value.intValue()), '<');
    }
    String digits = value.abs().toString(base);
    String prefix = alternate && base != 10 ? "0" + type : "";
    return number(
        value.signum() < 0, prefix, type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits, base);
  }

  private String real(double value) {
    boolean negative = value < 0 || value == 0 && 1 / value < 0;
    String digits;
    if (type == 0) {
      digits = precision < 0 ? FloatText.repr(Math.abs(value)) : shortestWithPoint(value);
    } else if (type == '%') {
      digits = FloatText.format(value * 100, 'f', precision < 0 ? 6 : precision, alternate) + "%";
    } else if (realType() || type == 'n') {
      digits = FloatText.format(
          value, type == 'n' ? 'g' : type, precision < 0 ? 6 : precision, alternate);
    } else {
      throw unknownType("float");
    }
    return number(negative, "", digits, 10);
  }

  private String shortestWithPoint(double value) {
    String text = FloatText.format(value, 'g', precision, alternate);
    return text.chars().allMatch(c -> c >= '0' && c <= '9') ? text + ".0" : text;
  }

  private String number(boolean negative, String prefix, String digits, int base) {
    String lead = (negative ? "-" : sign == '-' ? "" : String.valueOf(sign)) + prefix;
    int whole = 0;
    while (whole < digits.length() && Character.digit(digits.charAt(whole), base) >= 0) {
      whole++;
    }
    String body = digits;
    if (grouping != 0) {
      int size = base == 10 ? 3 : 4;
      int zeros = align == '=' && fill == '0'
          ? groupedZeros(whole, size, width - lead.length() - (digits.length() - whole))
          : 0;
      body = group("0".repeat(zeros) + digits.substring(0, whole), size) + digits.substring(whole);
    }
    return pad(lead, body, '>');
  }

  /** Zeros to add so that the digits with their separators fill {@code room}. */
  private static int groupedZeros(int digits, int size, int room) {
    int count = digits;
    while (count + (count - 1) / size < room) {
      count++;
    }
    return count - digits;
  }

  private String group(String digits, int size) {
    StringBuilder out = new StringBuilder(digits);
    for (int i = digits.length() - size; i > 0; i -= size) {
      out.insert(i, grouping);
    }
    return out.toString();
  }

  private String pad(String lead, String body, char ownAlign) {
    int missing = width - lead.length() - Text.length(body);
    if (missing <= 0) {
      return lead + body;
    }
    String unit = Text.character(fill);
    return switch (align == 0 ? ownAlign : align) {
      case '<' -> lead + body + unit.repeat(missing);
      case '^' -> unit.repeat(missing / 2) + lead + body + unit.repeat(missing - missing / 2);
      case '=' -> lead + unit.repeat(missing) + body;
      default -> unit.repeat(missing) + lead + body;
    };
  }
}
