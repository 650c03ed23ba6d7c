package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Token.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Source text to tokens, with {@code trim_blocks} and {@code lstrip_blocks} switched on: the first
 * newline after a statement or comment goes, and so does the space before one that starts a line. A
 * {@code -} at a tag's edge strips all white space on that side, a {@code +} keeps it.
 *
 * <p>One pass over the source; an instance is used once.
 */
final class Lexer {
  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;

  /** Whether the last thing consumed ended with a newline; only then may a tag be lstripped. */
  private boolean lineStarting = true;

  private Lexer(String source) {
    this.source = source;
  }

  /** Tokens of {@code text}, closed by one of type {@link Type#END}. */
  static List<Token> tokenize(String text) {
    String unix = text.replace("\r\n", "\n").replace('\r', '\n');
    var lexer = new Lexer(unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (position < source.length()) {
      int start = nextTag(position);
      if (start < 0) {
        data(source.substring(position));
        moveTo(source.length());
        break;
      }
      char kind = source.charAt(start + 1);
      int rawEnd = kind == '%' ? rawBegin(start + 2) : -1;
      char sign = signAt(start + 2);
      text(source.substring(position, start), sign, kind != '{');
      if (rawEnd >= 0) {
        moveTo(rawEnd);
        raw();
      } else {
        moveTo(start + (sign == 0 ? 2 : 3));
        switch (kind) {
          case '#' -> comment();
          case '%' -> tag(Type.BLOCK_BEGIN, Type.BLOCK_END);
          default -> tag(Type.VARIABLE_BEGIN, Type.VARIABLE_END);
        }
      }
    }
    add(Type.END, "", null);
  }

  private int nextTag(int from) {
    for (int at = source.indexOf('{', from); at >= 0; at = source.indexOf('{', at + 1)) {
      if (at + 1 < source.length() && "%{#".indexOf(source.charAt(at + 1)) >= 0) {
        return at;
      }
    }
    return -1;
  }

  private char signAt(int at) {
    char c = at < source.length() ? source.charAt(at) : 0;
    return c == '-' || c == '+' ? c : 0;
  }

  /** Where the opening tag of a raw block ends, or -1 if no such tag starts here. */
  private int rawBegin(int at) {
    int p = signAt(at) == 0 ? at : at + 1;
    p = skipSpace(p);
    if (!source.startsWith("raw", p)) {
      return -1;
    }
    p = skipSpace(p + 3);
    if (source.startsWith("-%}", p)) {
      return skipSpace(p + 3);
    }
    return source.startsWith("%}", p) ? p + 2 : -1;
  }

  private void raw() {
    for (int at = source.indexOf("{%", position); at >= 0; at = source.indexOf("{%", at + 1)) {
      char sign = signAt(at + 2);
      int p = skipSpace(at + (sign == 0 ? 2 : 3));
      if (source.startsWith("endraw", p)) {
        int end = blockEnd(skipSpace(p + 6));
        if (end >= 0) {
          text(source.substring(position, at), sign, true);
          moveTo(end);
          return;
        }
      }
    }
    if (position < source.length()) {
      throw Errors.syntax(line, "Missing end of raw directive");
    }
  }

  private void comment() {
    int end = source.indexOf("#}", position);
    if (end < 0) {
      if (position < source.length()) {
        throw Errors.syntax(line, "Missing end of comment tag");
      }
      return;
    }
    char sign = end > position ? source.charAt(end - 1) : 0;
    int after = end + 2;
    if (sign == '-') {
      after = skipSpace(after);
    } else if (sign != '+' && after < source.length() && source.charAt(after) == '\n') {
      after++;
    }
    moveTo(after);
  }

  /** Text before a tag, stripped as the tag asks. */
  private void text(String text, char sign, boolean mayLstrip) {
    int end = text.length();
    if (sign == '-') {
      while (end > 0 && Text.isSpace(text.charAt(end - 1))) {
        end--;
      }
    } else if (sign == 0 && mayLstrip) {
      int lineStart = text.lastIndexOf('\n') + 1;
      if ((lineStart > 0 || lineStarting) && lineStart < end && blank(text, lineStart)) {
        end = lineStart;
      }
    }
    data(text.substring(0, end));
  }

  private static boolean blank(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (!Text.isSpace(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Type.DATA, text, null);
    }
  }

  private void tag(Type begin, Type end) {
    add(begin, "", null);
    Deque<Character> open = new ArrayDeque<>();
    while (true) {
      int close =
          open.isEmpty() ? (end == Type.BLOCK_END ? blockEnd(position) : variableEnd()) : -1;
      if (close >= 0) {
        add(end, "", null);
        moveTo(close);
        return;
      }
      if (position >= source.length()) {
        return; // the parser reports the missing end
      }
      char c = source.charAt(position);
      if (Text.isSpace(c)) {
        moveTo(skipSpace(position));
      } else if (c >= '0' && c <= '9') {
        number();
      } else if (isNamePart(source.codePointAt(position))) {
        name();
      } else if (c == '"' || c == '\'') {
        string(c);
      } else {
        operator(open);
      }
    }
  }

  private int blockEnd(int at) {
    if (source.startsWith("-%}", at)) {
      return skipSpace(at + 3);
    }
    if (source.startsWith("+%}", at)) {
      return at + 3;
    }
    if (source.startsWith("%}", at)) {
      return at + 2 < source.length() && source.charAt(at + 2) == '\n' ? at + 3 : at + 2;
    }
    return -1;
  }

  private int variableEnd() {
    if (source.startsWith("-}}", position)) {
      return skipSpace(position + 3);
    }
    return source.startsWith("}}", position) ? position + 2 : -1;
  }

  private void number() {
    boolean afterDot = position > 0 && source.charAt(position - 1) == '.';
    int end = afterDot ? -1 : NumberLiteral.floatEnd(source, position);
    Object value;
    if (end >= 0) {
      value = Double.valueOf(source.substring(position, end).replace("_", ""));
    } else {
      end = NumberLiteral.integerEnd(source, position);
      value = NumberLiteral.integer(source.substring(position, end).replace("_", ""), line);
    }
    add(Type.NUMBER, source.substring(position, end), value);
    moveTo(end);
  }

  private void name() {
    int end = position;
    while (end < source.length() && isNamePart(source.codePointAt(end))) {
      end += Character.charCount(source.codePointAt(end));
    }
    add(Type.NAME, source.substring(position, end), null);
    moveTo(end);
  }

  private static boolean isNamePart(int codePoint) {
    return codePoint == '_'
        || Character.isUnicodeIdentifierPart(codePoint)
            && !Character.isIdentifierIgnorable(codePoint);
  }

  private void string(char quote) {
    int end = position + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw Errors.syntax(line, "unexpected char " + quote + " at " + position);
    }
    String written = source.substring(position + 1, end);
    add(Type.STRING, written, StringLiteral.unescape(written, line));
    moveTo(end + 1);
  }

  private void operator(Deque<Character> open) {
    String two = source.substring(position, Math.min(position + 2, source.length()));
    String found = switch (two) {
      case "//", "**", "==", "!=", ">=", "<=" -> two;
      default -> two.substring(0, 1);
    };
    char c = found.charAt(0);
    if ("+-/*%~[](){}=!<>.:|,;".indexOf(c) < 0 || found.equals("!")) {
      throw Errors.syntax(line, "unexpected char '" + c + "' at " + position);
    }
    if (c == '{' || c == '(' || c == '[') {
      open.push(c == '{' ? '}' : c == '(' ? ')' : ']');
    } else if (c == '}' || c == ')' || c == ']') {
      Character expected = open.poll();
      if (expected == null || expected != c) {
        throw Errors.syntax(
            line,
            "unexpected '" + c + "'" + (expected == null ? "" : ", expected '" + expected + "'"));
      }
    }
    add(Type.OPERATOR, found, null);
    moveTo(position + found.length());
  }

  private int skipSpace(int from) {
    int p = from;
    while (p < source.length() && Text.isSpace(source.charAt(p))) {
      p++;
    }
    return p;
  }

  private void add(Type type, String text, Object value) {
    tokens.add(new Token(type, text, value, line));
  }

  private void moveTo(int end) {
    for (int i = position; i < end; i++) {
      if (source.charAt(i) == '\n') {
        line++;
      }
    }
    if (end > position) {
      lineStarting = source.charAt(end - 1) == '\n';
    }
    position = end;
  }
}
