package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Stmt.Target;
import java.util.Iterator;
import java.util.List;

/** Statements to text, within one rendering. One thread. */
final class Renderer {
  /** How a statement ended. */
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private final Run run;
  private final Budget budget;
  private final Evaluator evaluator;
  private final Scope outermost;
  private StringBuilder out = new StringBuilder();

  Renderer(Run run, Scope outermost) {
    this.run = run;
    this.budget = run.budget();
    this.evaluator = new Evaluator(run);
    this.outermost = outermost;
  }

  Object evaluate(Expr expression, Scope scope) {
    return evaluator.evaluate(expression, scope);
  }

  /** The text of {@code body}; what was written before stays untouched. */
  String capture(List<Stmt> body, Scope scope) {
    StringBuilder before = out;
    out = new StringBuilder();
    budget.enter();
    execute(body, scope);
    budget.leave();
    String text = out.toString();
    out = before;
    return text;
  }

  private Flow execute(List<Stmt> body, Scope scope) {
    for (Stmt statement : body) {
      budget.step();
      budget.enter();
      Flow flow = execute(statement, scope);
      budget.leave();
      if (flow != Flow.ON) {
        return flow;
      }
    }
    return Flow.ON;
  }

  private void write(String text) {
    budget.fits((long) out.length() + text.length());
    budget.text(text.length());
    out.append(text);
  }

  private Flow execute(Stmt statement, Scope scope) {
    switch (statement) {
      case Stmt.Text text -> write(text.text());
      case Stmt.Print print -> {
        budget.at(print.line());
        write(Repr.str(evaluate(print.value(), scope), budget));
      }
      case Stmt.If choice -> {
        return choose(choice, scope);
      }
      case Stmt.For loop -> {
        return loop(loop, evaluate(loop.iterable(), scope), scope, 0);
      }
      case Stmt.Assign assign -> {
        budget.at(assign.line());
        assign(assign.target(), evaluate(assign.value(), scope), scope);
      }
      case Stmt.AssignBlock block -> {
        Object text = capture(block.body(), new Scope(scope));
        if (block.filter() != null) {
          text = evaluator.filterText(block.filter(), (String) text, scope);
        }
        assign(block.target(), text, scope);
      }
      case Stmt.MacroDefinition macro ->
        scope.set(macro.signature().name(), new Macro(macro.signature(), scope, this));
      case Stmt.CallBlock block -> {
        Macro caller = new Macro(block.caller(), scope, this);
        write(Repr.str(evaluator.call(block.call(), scope, caller), budget));
      }
      case Stmt.FilterBlock block -> {
        String text = capture(block.body(), new Scope(scope));
        write(Repr.str(evaluator.filterText(block.filter(), text, scope), budget));
      }
      case Stmt.With with -> {
        return with(with, scope);
      }
      case Stmt.Block block -> write(capture(block.body(), new Scope(outermost)));
      case Stmt.Generation generation -> write(capture(generation.body(), new Scope(scope)));
      case Stmt.Break leave -> {
        return Flow.BREAK;
      }
      case Stmt.Continue next -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.ON;
  }

  private Flow choose(Stmt.If choice, Scope scope) {
    for (Stmt.Branch branch : choice.branches()) {
      budget.at(branch.line());
      if (Types.truth(evaluate(branch.test(), scope))) {
        return execute(branch.body(), scope);
      }
    }
    return execute(choice.otherwise(), scope);
  }

  private Flow with(Stmt.With with, Scope scope) {
    Scope inner = new Scope(scope);
    for (int i = 0; i < with.targets().size(); i++) {
      assign(with.targets().get(i), evaluate(with.values().get(i), scope), inner);
    }
    return execute(with.body(), inner);
  }

  private Flow loop(Stmt.For loop, Object iterable, Scope scope, int depth0) {
    budget.at(loop.line());
    Iterator<Object> items = Types.iterate(iterable, budget);
    if (loop.filter() != null) {
      items = SelectionFilters.selected(items, item -> {
        Scope test = new Scope(scope);
        assign(loop.target(), item, test);
        return Types.truth(evaluate(loop.filter(), test));
      });
    }
    Callable recursion = loop.recursive()
        ? (caller, arguments) -> recurse(loop, arguments, scope, depth0 + 1)
        : null;
    Object source = loop.filter() == null ? iterable : null;
    LoopContext context = new LoopContext(source, items, depth0, recursion);
    boolean completed = false; // no turn that a break or continue cut short, as jinja2 counts
    while (context.hasNext()) {
      Scope turn = new Scope(scope);
      turn.set("loop", context);
      assign(loop.target(), context.next(), turn);
      Flow flow = execute(loop.body(), turn);
      if (flow == Flow.BREAK) {
        break;
      }
      completed |= flow == Flow.ON;
    }
    return completed ? Flow.ON : execute(loop.otherwise(), new Scope(scope));
  }

  private String recurse(Stmt.For loop, Arguments arguments, Scope scope, int depth0) {
    Object iterable = arguments.bind("loop", 1, "iterable").get("iterable");
    StringBuilder before = out;
    out = new StringBuilder();
    budget.enter();
    loop(loop, iterable, scope, depth0);
    budget.leave();
    String text = out.toString();
    out = before;
    return text;
  }

  private void assign(Target target, Object value, Scope scope) {
    switch (target) {
      case Target.Name name -> scope.set(name.name(), value);
      case Target.NamespaceAttribute attribute -> {
        if (!(scope.find(attribute.namespace()) instanceof Namespace namespace)) {
          throw Errors.failure("cannot assign attribute on non-namespace object");
        }
        namespace.attributes().put(attribute.attribute(), value);
      }
      case Target.Many many -> {
        Iterator<Object> items = Types.iterate(value, budget);
        for (Target part : many.parts()) {
          if (!items.hasNext()) {
            throw Errors.failure(
                "not enough values to unpack (expected " + many.parts().size() + ")");
          }
          assign(part, items.next(), scope);
        }
        if (items.hasNext()) {
          throw Errors.failure(
              "too many values to unpack (expected " + many.parts().size() + ")");
        }
      }
    }
  }
}
