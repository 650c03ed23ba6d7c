package io.souffleur.tokenizer.jinja;

import java.util.List;

/** A statement of a template: immutable data, executed by {@link Renderer}. */
sealed interface Stmt {
  record Text(String text) implements Stmt {}

  record Print(Expr value, int line) implements Stmt {}

  record If(List<Branch> branches, List<Stmt> otherwise) implements Stmt {}

  record Branch(Expr test, List<Stmt> body, int line) {}

  /** {@code filter} is null when there is none. */
  record For(
      Target target,
      Expr iterable,
      Expr filter,
      boolean recursive,
      List<Stmt> body,
      List<Stmt> otherwise,
      int line)
      implements Stmt {}

  record Assign(Target target, Expr value, int line) implements Stmt {}

  /** {@code filter} has a null innermost target, or is null itself. */
  record AssignBlock(Target target, Expr filter, List<Stmt> body, int line) implements Stmt {}

  record MacroDefinition(Signature signature, int line) implements Stmt {}

  /** What a macro and the body of a call block have in common. */
  record Signature(
      String name,
      List<String> parameters,
      List<Expr> defaults,
      List<Stmt> body,
      boolean usesCaller,
      boolean usesKwargs,
      boolean usesVarargs) {}

  record CallBlock(Signature caller, Expr.Call call, int line) implements Stmt {}

  record FilterBlock(Expr filter, List<Stmt> body, int line) implements Stmt {}

  record With(List<Target> targets, List<Expr> values, List<Stmt> body, int line) implements Stmt {}

  /** A named block: without inheritance its body, seeing the template's outermost names. */
  record Block(List<Stmt> body) implements Stmt {}

  /** Marks the assistant's own text for training; here a scope of its own. */
  record Generation(List<Stmt> body) implements Stmt {}

  record Break() implements Stmt {}

  record Continue() implements Stmt {}

  /** What an assignment writes to. */
  sealed interface Target {
    record Name(String name) implements Target {}

    record Many(List<Target> parts) implements Target {}

    record NamespaceAttribute(String namespace, String attribute) implements Target {}
  }
}
