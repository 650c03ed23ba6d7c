package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.TemplateException.Reason;

/** The failures of this package, as exceptions to throw. */
final class Errors {
  private Errors() {}

  static TemplateException syntax(int line, String message) {
    return new TemplateException(
        Reason.SYNTAX, message + " (line " + line + " of the chat template)");
  }

  static TemplateException failure(String message) {
    return new TemplateException(Reason.EVALUATION, message);
  }

  static TemplateException limit(String name, long allowed, String unit) {
    return new TemplateException(
        Reason.LIMIT,
        "the chat template exceeds the limit " + name + " of " + allowed + " " + unit);
  }

  static TemplateException noBinary(String operator, Object left, Object right) {
    return failure("unsupported operand type(s) for " + operator + ": '" + Types.name(left)
        + "' and '" + Types.name(right) + "'");
  }

  static TemplateException notIterable(Object value) {
    return failure("'" + Types.name(value) + "' object is not iterable");
  }
}
