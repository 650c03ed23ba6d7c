package io.souffleur.tokenizer.jinja;

/**
 * One piece of a template's source.
 *
 * @param text operator, name or data; for literals as written
 * @param value the literal's value (String, Long, BigInteger, Double), else null
 * @param line counted from 1
 */
record Token(Type type, String text, Object value, int line) {
  enum Type {
    DATA,
    VARIABLE_BEGIN,
    VARIABLE_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    NUMBER,
    OPERATOR,
    END
  }

  boolean isOperator(String operator) {
    return type == Type.OPERATOR && text.equals(operator);
  }

  boolean isName(String name) {
    return type == Type.NAME && text.equals(name);
  }

  /** For messages. */
  String describe() {
    return switch (type) {
      case DATA -> "template text";
      case VARIABLE_BEGIN -> "begin of print statement";
      case VARIABLE_END -> "end of print statement";
      case BLOCK_BEGIN -> "begin of statement block";
      case BLOCK_END -> "end of statement block";
      case END -> "end of template";
      case NAME, STRING, NUMBER, OPERATOR -> text;
    };
  }
}
