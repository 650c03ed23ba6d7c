package io.souffleur.tokenizer.jinja;

import java.util.List;

/** An expression of a template: immutable data, evaluated by {@link Evaluator}. */
sealed interface Expr {
  /** A literal: null, Boolean, Long, BigInteger, Double or String. */
  record Const(Object value) implements Expr {}

  record Name(String name) implements Expr {}

  record ListOf(List<Expr> items) implements Expr {}

  record TupleOf(List<Expr> items) implements Expr {}

  /** {@code keys} and {@code values} go in pairs. */
  record DictOf(List<Expr> keys, List<Expr> values) implements Expr {}

  record Negate(Expr operand) implements Expr {}

  record Plus(Expr operand) implements Expr {}

  record Not(Expr operand) implements Expr {}

  record And(Expr left, Expr right) implements Expr {}

  record Or(Expr left, Expr right) implements Expr {}

  record Binary(String operator, Expr left, Expr right) implements Expr {}

  /** A chain {@code first op₀ rest₀ op₁ rest₁ …}; operators include {@code in} and {@code not in}. */
  record Compare(Expr first, List<String> operators, List<Expr> rest) implements Expr {}

  /** {@code a ~ b ~ …} */
  record Concat(List<Expr> parts) implements Expr {}

  /** {@code then if test else otherwise}; {@code otherwise} is null when it was left out. */
  record Conditional(Expr test, Expr then, Expr otherwise) implements Expr {}

  record Attribute(Expr target, String name, int line) implements Expr {}

  record Item(Expr target, Expr key, int line) implements Expr {}

  /** Only as the key of an item; parts left out are null. */
  record Slice(Expr start, Expr stop, Expr step) implements Expr {}

  record Call(Expr target, Args args, int line) implements Expr {}

  /** {@code target} is null for the text of a filter block. */
  record Filter(Expr target, String name, Args args, int line) implements Expr {}

  record Test(Expr target, String name, Args args, int line) implements Expr {}

  /** Arguments of a call; {@code star} and {@code starStar} are null when absent. */
  record Args(
      List<Expr> positional, List<String> names, List<Expr> values, Expr star, Expr starStar) {
    static final Args NONE = new Args(List.of(), List.of(), List.of(), null, null);

    boolean isEmpty() {
      return positional.isEmpty() && names.isEmpty() && star == null && starStar == null;
    }
  }
}
