package io.souffleur.http.stage.argument;

import java.math.BigInteger;
import java.util.Optional;

/**
 * Reads a Python literal and writes it as JSON: models trained on Python often write {@code {'a':
 * True, 'b': (1, None)}}.
 *
 * <p>Understood are strings (all quotes and escapes but {@code \N}, joined when adjacent), numbers
 * but complex ones, {@code True}, {@code False}, {@code None}, lists, tuples and dictionaries. Sets
 * and bytes have no JSON form and are refused, like everything that is no literal.
 *
 * <p>One pass, no backtracking; nesting up to {@link ArgumentText#DEPTH_MAX}.
 */
final class PythonLiteral {

  /** The text is no literal that JSON can hold; never leaves this class. */
  private static final class NoLiteral extends Exception {
    private static final long serialVersionUID = 1L;

    NoLiteral() {
      super("no literal", null, false, false);
    }
  }

  /** What {@code peek} sees behind the text; a NUL inside it fits no rule. */
  private static final char END = '\0';

  private final String text;
  private final StringBuilder out = new StringBuilder();
  private int at;

  private PythonLiteral(String text) {
    this.text = text;
  }

  /** The literal as JSON text, or empty when {@code text} is none. */
  static Optional<String> json(String text) {
    PythonLiteral literal = new PythonLiteral(text.strip());
    try {
      literal.whole();
      return Optional.of(literal.out.toString());
    } catch (NoLiteral e) {
      return Optional.empty();
    }
  }

  /** One value, or several with commas between them, which are a tuple. */
  private void whole() throws NoLiteral {
    expression(0);
    if (at < text.length()) {
      out.insert(0, '[');
      rest(END, 0);
      if (at <= text.length()) {
        throw new NoLiteral();
      }
    }
  }

  private void expression(int depth) throws NoLiteral {
    if (depth > ArgumentText.DEPTH_MAX) {
      throw new NoLiteral();
    }
    skipBlanks();
    char c = peek();
    if (c == '[') {
      list(depth);
    } else if (c == '(') {
      parenthesised(depth);
    } else if (c == '{') {
      dictionary(depth);
    } else if (c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9') {
      out.append(number());
    } else if (quoteAhead()) {
      out.append(JsonText.quoted(strings()));
    } else {
      out.append(word());
    }
    skipBlanks();
  }

  /** {@code (1)} is 1, {@code (1,)} and {@code ()} are tuples. */
  private void parenthesised(int depth) throws NoLiteral {
    int start = out.length();
    at++;
    skipBlanks();
    if (peek() == ')') {
      at++;
      out.append("[]");
      return;
    }
    expression(depth + 1);
    if (peek() == ')') {
      at++;
      return;
    }
    out.insert(start, '[');
    rest(')', depth);
  }

  private void list(int depth) throws NoLiteral {
    at++;
    out.append('[');
    skipBlanks();
    if (peek() == ']') {
      at++;
      out.append(']');
      return;
    }
    expression(depth + 1);
    rest(']', depth);
  }

  /** What follows the first item: more of them, a trailing comma, the end. */
  private void rest(char end, int depth) throws NoLiteral {
    while (peek() != end) {
      expect(',');
      skipBlanks();
      if (peek() != end) {
        out.append(", ");
        expression(depth + 1);
      }
    }
    at++;
    out.append(']');
  }

  private void dictionary(int depth) throws NoLiteral {
    at++;
    out.append('{');
    skipBlanks();
    boolean first = true;
    while (peek() != '}') {
      if (!first) {
        expect(',');
        skipBlanks();
        if (peek() == '}') {
          break;
        }
        out.append(", ");
      }
      first = false;
      key();
      skipBlanks();
      expect(':');
      out.append(": ");
      expression(depth + 1);
    }
    at++;
    out.append('}');
  }

  /** Keys become strings; scalars only. */
  private void key() throws NoLiteral {
    char c = peek();
    String key;
    if (quoteAhead()) {
      key = strings();
    } else if (c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9') {
      key = number();
    } else {
      key = word();
    }
    out.append(JsonText.quoted(key));
  }

  private String word() throws NoLiteral {
    int start = at;
    while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
      at++;
    }
    return switch (text.substring(start, at)) {
      case "True" -> "true";
      case "False" -> "false";
      case "None" -> "null";
      default -> throw new NoLiteral();
    };
  }

  private String number() throws NoLiteral {
    int start = at;
    while (peek() == '+' || peek() == '-') {
      at++;
      skipBlanks();
    }
    boolean negative = text.substring(start, at).chars().filter(c -> c == '-').count() % 2 == 1;
    int digits = at;
    while (at < text.length() && numberPart(at, digits)) {
      at++;
    }
    String body = text.substring(digits, at);
    Optional<BigInteger> whole = based(body).or(() -> decimalInteger(body));
    if (whole.isPresent()) {
      return (negative ? whole.get().negate() : whole.get()).toString();
    }
    boolean fraction = body.indexOf('.') >= 0 || body.indexOf('e') > 0 || body.indexOf('E') > 0;
    double value = fraction ? ArgumentText.decimal(body).orElse(Double.NaN) : Double.NaN;
    if (Double.isNaN(value)) {
      throw new NoLiteral();
    }
    return JsonText.number(negative ? -value : value);
  }

  private boolean numberPart(int index, int start) {
    char c = text.charAt(index);
    boolean exponentSign = (c == '+' || c == '-')
        && index > start
        && (text.charAt(index - 1) == 'e' || text.charAt(index - 1) == 'E')
        && !text.startsWith("0x", start)
        && !text.startsWith("0X", start);
    return c == '.' || exponentSign || Character.isJavaIdentifierPart(c);
  }

  private static Optional<BigInteger> decimalInteger(String body) {
    boolean signed = body.startsWith("+") || body.startsWith("-");
    boolean leadingZero =
        body.length() > 1 && body.startsWith("0") && !body.replace("_", "").matches("0+");
    return signed || leadingZero ? Optional.empty() : ArgumentText.integer(body);
  }

  private static Optional<BigInteger> based(String body) {
    if (body.length() < 3
        || body.charAt(0) != '0'
        || body.length() > ArgumentText.INTEGER_DIGITS_MAX) {
      return Optional.empty();
    }
    int radix = switch (body.charAt(1)) {
      case 'x', 'X' -> 16;
      case 'o', 'O' -> 8;
      case 'b', 'B' -> 2;
      default -> 0;
    };
    String digits = body.substring(2).replace("_", "");
    if (radix == 0 || digits.isEmpty() || !Character.isLetterOrDigit(digits.charAt(0))) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BigInteger(digits, radix));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private boolean quoteAhead() {
    int quote = at;
    while (quote < text.length() && quote - at < 2 && "rRuU".indexOf(text.charAt(quote)) >= 0) {
      quote++;
    }
    return quote < text.length() && (text.charAt(quote) == '\'' || text.charAt(quote) == '"');
  }

  /** One string, or several that stand side by side. */
  private String strings() throws NoLiteral {
    StringBuilder value = new StringBuilder();
    while (quoteAhead()) {
      at = new PythonString(text, at).read(value);
      if (at < 0) {
        throw new NoLiteral();
      }
      skipBlanks();
    }
    return value.toString();
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private void expect(char wanted) throws NoLiteral {
    if (at >= text.length() || text.charAt(at) != wanted) {
      throw new NoLiteral();
    }
    at++;
  }
}
