package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.TemplateException.Reason;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One template, parsed once and rendered any number of times, on any threads at once.
 *
 * <p>Whatever the source and the values are, both methods either return or throw a
 * {@link TemplateException}, after a bounded amount of work.
 */
public final class JinjaTemplate {
  private final List<Stmt> body;
  private final Limits limits;
  private final Clock clock;

  private JinjaTemplate(List<Stmt> body, Limits limits, Clock clock) {
    this.body = body;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Parses a template.
   *
   * @param clock what {@code strftime_now} reads, in its zone
   */
  public static JinjaTemplate parse(String source, Limits limits, Clock clock) {
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(clock, "clock");
    if (source.length() > limits.templateChars()) {
      throw Errors.limit("templateChars", limits.templateChars(), "characters of source");
    }
    return new JinjaTemplate(Parser.parse(source), limits, clock);
  }

  /**
   * Renders with these names defined.
   *
   * @param names JSON trees: Map with String keys, List, String, Boolean, integers, floating numbers
   *     and null; copied, so the caller's objects stay untouched and unkept
   */
  public String render(Map<String, ?> names) {
    Budget budget = new Budget(limits);
    Scope context = new Scope(null);
    names.forEach((name, value) -> context.set(name, TreeCopy.of(value, name, budget)));
    Scope outermost = new Scope(context);
    try {
      return new Renderer(new Run(budget, clock), outermost).capture(body, outermost);
    } catch (TemplateException failure) {
      if (failure.reason() != Reason.EVALUATION) {
        throw failure;
      }
      throw new TemplateException(
          Reason.EVALUATION,
          failure.getMessage() + " (near line " + budget.line() + " of the chat template)",
          failure);
    }
  }
}
