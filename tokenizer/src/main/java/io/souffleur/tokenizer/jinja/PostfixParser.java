package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.jinja.Token.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * What may follow a primary expression: attributes, subscripts, calls, filters and tests.
 *
 * <p>Names of filters and tests are checked here, so that a template which cannot work fails when it
 * is loaded; only inside conditions an unknown name waits until it is reached, as in jinja2.
 */
final class PostfixParser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private final List<TemplateException> unknown = new ArrayList<>();
  private int conditional;

  PostfixParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** From here on names stand in the body of an {@code if}. */
  void enterConditional() {
    conditional++;
  }

  void leaveConditional() {
    conditional--;
  }

  /** How many unknown names wait for a verdict; a mark for {@link #settle}. */
  int unknownNames() {
    return unknown.size();
  }

  /** Lets unknown names seen since {@code mark} wait for the rendering, if a condition guards them. */
  void settle(int mark, boolean conditionalExpression) {
    if (conditionalExpression || conditional > 0) {
      unknown.subList(mark, unknown.size()).clear();
    }
  }

  /** To be called when a whole tag has been read. */
  void refuseUnknownNames() {
    if (conditional > 0) {
      unknown.clear();
    } else if (!unknown.isEmpty()) {
      throw unknown.getFirst();
    }
  }

  Expr postfix(Expr node) {
    Expr result = node;
    while (true) {
      if (tokens.atOperator(".") || tokens.atOperator("[")) {
        result = subscript(result);
      } else if (tokens.atOperator("(")) {
        result = call(result);
      } else {
        return result;
      }
    }
  }

  private Expr subscript(Expr target) {
    Token token = tokens.next();
    if (token.text().equals(".")) {
      Token attribute = tokens.next();
      if (attribute.type() == Type.NAME) {
        return new Expr.Attribute(target, attribute.text(), token.line());
      }
      if (attribute.type() == Type.NUMBER && !(attribute.value() instanceof Double)) {
        return new Expr.Item(target, new Expr.Const(attribute.value()), token.line());
      }
      throw Errors.syntax(attribute.line(), "expected name or number");
    }
    List<Expr> keys = new ArrayList<>();
    while (!tokens.atOperator("]")) {
      if (!keys.isEmpty()) {
        tokens.expectOperator(",");
      }
      keys.add(subscribed());
    }
    tokens.expectOperator("]");
    Expr key = keys.size() == 1 ? keys.getFirst() : new Expr.TupleOf(keys);
    return new Expr.Item(target, key, token.line());
  }

  private Expr subscribed() {
    Expr start = null;
    if (!tokens.atOperator(":")) {
      start = expressions.expression();
      if (!tokens.atOperator(":")) {
        return start;
      }
    }
    tokens.expectOperator(":");
    Expr stop = atSliceEnd() || tokens.atOperator(":") ? null : expressions.expression();
    Expr step = null;
    if (tokens.skipOperator(":") && !atSliceEnd()) {
      step = expressions.expression();
    }
    return new Expr.Slice(start, stop, step);
  }

  private boolean atSliceEnd() {
    return tokens.atOperator("]") || tokens.atOperator(",");
  }

  private Expr.Call call(Expr target) {
    int line = tokens.line();
    return new Expr.Call(target, args(), line);
  }

  private Expr.Args args() {
    Token open = tokens.expectOperator("(");
    List<Expr> positional = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    Expr star = null;
    Expr starStar = null;
    boolean comma = false;
    while (!tokens.atOperator(")")) {
      if (comma) {
        tokens.expectOperator(",");
        if (tokens.atOperator(")")) {
          break;
        }
      }
      comma = true;
      boolean valid = starStar == null;
      if (tokens.skipOperator("*")) {
        valid &= star == null;
        star = expressions.expression();
      } else if (tokens.skipOperator("**")) {
        starStar = expressions.expression();
      } else if (tokens.at(Type.NAME) && tokens.look().isOperator("=")) {
        names.add(tokens.next().text());
        tokens.next();
        values.add(expressions.expression());
      } else {
        valid &= star == null && names.isEmpty();
        positional.add(expressions.expression());
      }
      if (!valid) {
        throw Errors.syntax(open.line(), "invalid syntax for function call expression");
      }
    }
    tokens.expectOperator(")");
    return new Expr.Args(positional, names, values, star, starStar);
  }

  Expr filters(Expr node) {
    Expr result = node;
    while (true) {
      if (tokens.atOperator("|")) {
        result = filterChain(result, false);
      } else if (tokens.atName("is")) {
        result = test(result);
      } else if (tokens.atOperator("(")) {
        result = call(result);
      } else {
        return result;
      }
    }
  }

  /**
   * One or more filters on {@code target}.
   *
   * @param target null for the text of a block
   * @param inline whether the first filter comes without its bar
   */
  Expr filterChain(Expr target, boolean inline) {
    Expr result = target;
    boolean first = inline;
    while (first || tokens.atOperator("|")) {
      if (!first) {
        tokens.next();
      }
      first = false;
      int line = tokens.line();
      String name = dottedName();
      Expr.Args args = tokens.atOperator("(") ? args() : Expr.Args.NONE;
      if (!Filters.exists(name)) {
        unknown("filter", name, line);
      }
      result = new Expr.Filter(result, name, args, line);
    }
    return result;
  }

  private Expr test(Expr target) {
    int line = tokens.next().line();
    boolean negated = tokens.skipName("not");
    String name = dottedName();
    Expr.Args args = Expr.Args.NONE;
    if (tokens.atOperator("(")) {
      args = args();
    } else if (startsTestArgument()) {
      if (tokens.atName("is")) {
        throw tokens.fail("You cannot chain multiple tests with is");
      }
      Expr argument = postfix(expressions.primary());
      args = new Expr.Args(List.of(argument), List.of(), List.of(), null, null);
    }
    if (!Tests.exists(name)) {
      unknown("test", name, line);
    }
    Expr result = new Expr.Test(target, name, args, line);
    return negated ? new Expr.Not(result) : result;
  }

  private boolean startsTestArgument() {
    return switch (tokens.current().type()) {
      case STRING, NUMBER -> true;
      case OPERATOR -> tokens.atOperator("[") || tokens.atOperator("{");
      case NAME -> !tokens.atName("else") && !tokens.atName("or") && !tokens.atName("and");
      default -> false;
    };
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(tokens.expect(Type.NAME).text());
    while (tokens.skipOperator(".")) {
      name.append('.').append(tokens.expect(Type.NAME).text());
    }
    return name.toString();
  }

  private void unknown(String kind, String name, int line) {
    unknown.add(Errors.syntax(line, "No " + kind + " named '" + name + "'"));
  }
}
