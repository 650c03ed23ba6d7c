package io.souffleur.http.stage.argument;

import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads one JSON value character by character and tells what it is made of. Strict: what RFC 8259
 * does not allow, nests too deep or has a number that is not finite is broken, for good.
 *
 * <p>Each character is looked at once; kept are the open brackets and an unfinished number or word.
 * Owned by one stage.
 */
public final class JsonScanner {
  /** Open brackets at a time. */
  public static final int DEPTH_MAX = 64;

  /** Characters of a number. */
  public static final int NUMBER_CHARS_MAX = 1000;

  /** Takes the parts of the value in their order. */
  public interface Events {
    /** @param bracket <code>{</code> or <code>[</code> */
    void open(char bracket);

    /** @param bracket <code>}</code> or <code>]</code> */
    void close(char bracket);

    /** @param key whether the string is the key of what follows */
    void beginString(boolean key);

    /** A character of a string, its escape undone. */
    void character(char c);

    void endString();

    /** @param json a number, true, false or null as {@link JsonText} writes it */
    void scalar(String json);
  }

  private enum State {
    VALUE,
    VALUE_OR_CLOSE,
    KEY,
    KEY_OR_CLOSE,
    COLON,
    COMMA_OR_CLOSE,
    STRING,
    ESCAPE,
    CODE,
    NUMBER,
    WORD,
    COMPLETE,
    BROKEN
  }

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  private static final Set<String> WORDS = Set.of("true", "false", "null");
  private static final int CODE_DIGITS = 4;

  private final Events events;
  private final StringBuilder open = new StringBuilder();
  private final StringBuilder scalar = new StringBuilder();
  private State state = State.VALUE;
  private boolean key;
  private int code;
  private int codeDigits;

  public JsonScanner(Events events) {
    this.events = events;
  }

  /** Whether the value is whole; only blanks may follow. A bare number is never known to be. */
  public boolean complete() {
    return state == State.COMPLETE;
  }

  /** Whether this can be no JSON any more. */
  public boolean broken() {
    return state == State.BROKEN;
  }

  /** Takes the next character; does nothing once broken. */
  public void accept(char c) {
    switch (state) {
      case STRING -> inString(c);
      case ESCAPE -> escape(c);
      case CODE -> code(c);
      case NUMBER -> {
        if (isOneOf(c, "0123456789+-.eE")) {
          scalar(c);
        } else {
          number();
          accept(c);
        }
      }
      case WORD -> {
        scalar.append(c);
        word();
      }
      case BROKEN -> {}
      default -> {
        if (!isOneOf(c, " \t\n\r")) {
          between(c);
        }
      }
    }
  }

  /** A character between strings, numbers and words, no blank. */
  private void between(char c) {
    boolean value = state == State.VALUE || state == State.VALUE_OR_CLOSE;
    if (c == '"' && (value || state == State.KEY || state == State.KEY_OR_CLOSE)) {
      key = !value;
      state = State.STRING;
      events.beginString(key);
    } else if (value && (c == '{' || c == '[')) {
      open(c);
    } else if (value && isOneOf(c, "-0123456789")) {
      scalar.setLength(0);
      state = State.NUMBER;
      scalar(c);
    } else if (value && isOneOf(c, "tfn")) {
      scalar.setLength(0);
      scalar.append(c);
      state = State.WORD;
    } else if (c == ':' && state == State.COLON) {
      state = State.VALUE;
    } else if (c == ',' && state == State.COMMA_OR_CLOSE) {
      state = inObject() ? State.KEY : State.VALUE;
    } else if (c == '}' && closable(State.KEY_OR_CLOSE) && inObject()
        || c == ']' && closable(State.VALUE_OR_CLOSE) && !inObject()) {
      open.setLength(open.length() - 1);
      events.close(c);
      afterValue();
    } else {
      state = State.BROKEN;
    }
  }

  private boolean closable(State empty) {
    return !open.isEmpty() && (state == State.COMMA_OR_CLOSE || state == empty);
  }

  private boolean inObject() {
    return open.charAt(open.length() - 1) == '{';
  }

  private void open(char bracket) {
    if (open.length() == DEPTH_MAX) {
      state = State.BROKEN;
      return;
    }
    open.append(bracket);
    state = bracket == '{' ? State.KEY_OR_CLOSE : State.VALUE_OR_CLOSE;
    events.open(bracket);
  }

  private void afterValue() {
    state = open.isEmpty() ? State.COMPLETE : State.COMMA_OR_CLOSE;
  }

  private void inString(char c) {
    if (c == '"') {
      events.endString();
      if (key) {
        state = State.COLON;
      } else {
        afterValue();
      }
    } else if (c == '\\') {
      state = State.ESCAPE;
    } else if (c < 0x20) {
      state = State.BROKEN;
    } else {
      events.character(c);
    }
  }

  private void escape(char c) {
    if (c == 'u') {
      code = 0;
      codeDigits = 0;
      state = State.CODE;
      return;
    }
    int at = "\"\\/bfnrt".indexOf(c);
    if (at < 0) {
      state = State.BROKEN;
      return;
    }
    events.character("\"\\/\b\f\n\r\t".charAt(at));
    state = State.STRING;
  }

  private void code(char c) {
    int digit = c < 0x80 ? Character.digit(c, 16) : -1;
    if (digit < 0) {
      state = State.BROKEN;
      return;
    }
    code = code * 16 + digit;
    if (++codeDigits == CODE_DIGITS) {
      events.character((char) code);
      state = State.STRING;
    }
  }

  private void scalar(char c) {
    scalar.append(c);
    if (scalar.length() > NUMBER_CHARS_MAX) {
      state = State.BROKEN;
    }
  }

  private void number() {
    String text = scalar.toString();
    if (!NUMBER.matcher(text).matches()) {
      state = State.BROKEN;
      return;
    }
    if (text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0) {
      events.scalar(new BigInteger(text).toString());
      afterValue();
      return;
    }
    double value = Double.parseDouble(text);
    if (Double.isFinite(value)) {
      events.scalar(JsonText.number(value));
      afterValue();
    } else {
      state = State.BROKEN;
    }
  }

  private void word() {
    String text = scalar.toString();
    if (WORDS.contains(text)) {
      events.scalar(text);
      afterValue();
    } else if (WORDS.stream().noneMatch(word -> word.startsWith(text))) {
      state = State.BROKEN;
    }
  }

  private static boolean isOneOf(char c, String chars) {
    return chars.indexOf(c) >= 0;
  }
}
