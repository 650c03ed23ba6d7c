package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.jinja.Token.Type;
import java.util.List;

/** A cursor over tokens, with the nesting bound that keeps recursive descent off the stack's end. */
final class TokenStream {
  private final List<Token> tokens;
  private int index;
  private int nesting;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(index);
  }

  Token look() {
    return tokens.get(Math.min(index + 1, tokens.size() - 1));
  }

  /** Returns the current token and moves on; stays at the end. */
  Token next() {
    Token token = tokens.get(index);
    index = Math.min(index + 1, tokens.size() - 1);
    return token;
  }

  int line() {
    return current().line();
  }

  boolean at(Type type) {
    return current().type() == type;
  }

  boolean atOperator(String operator) {
    return current().isOperator(operator);
  }

  boolean atName(String name) {
    return current().isName(name);
  }

  boolean skipOperator(String operator) {
    boolean found = atOperator(operator);
    if (found) {
      next();
    }
    return found;
  }

  boolean skipName(String name) {
    boolean found = atName(name);
    if (found) {
      next();
    }
    return found;
  }

  Token expect(Type type) {
    return at(type) ? next() : unexpected(type.toString().toLowerCase(java.util.Locale.ROOT));
  }

  Token expectOperator(String operator) {
    return atOperator(operator) ? next() : unexpected(operator);
  }

  Token expectName(String name) {
    return atName(name) ? next() : unexpected(name);
  }

  private Token unexpected(String expected) {
    if (at(Type.END)) {
      throw fail("unexpected end of template, expected '" + expected + "'");
    }
    throw fail("expected token '" + expected + "', got '" + current().describe() + "'");
  }

  TemplateException fail(String message) {
    return Errors.syntax(line(), message);
  }

  void enter() {
    if (++nesting > Limits.NESTING) {
      throw Errors.limit("nesting", Limits.NESTING, "nested brackets and tags");
    }
  }

  void leave() {
    nesting--;
  }
}
