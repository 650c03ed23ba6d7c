package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.jinja.Token.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Expressions by recursive descent, loosest binding first: conditional, or, and, not, comparison,
 * sum, {@code ~}, product, power, sign, then postfix, filters and tests.
 *
 * <p>Names of filters and tests are checked here, so that a template which cannot work fails when it
 * is loaded; only inside conditions an unknown name waits until it is reached, as in jinja2.
 */
final class ExpressionParser {
  private final TokenStream tokens;
  private int conditional;

  /** Which of the names with a meaning inside macros were read since the last reset. */
  private Set<String> macroNames = new HashSet<>();

  private final List<TemplateException> unknown = new ArrayList<>();

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** Starts watching for {@code caller}, {@code kwargs}, {@code varargs}; returns the watch before. */
  Set<String> watchMacroNames() {
    Set<String> before = macroNames;
    macroNames = new HashSet<>();
    return before;
  }

  /** Ends the watch begun last: what was seen counts for the outer one too. */
  Set<String> seenMacroNames(Set<String> outer) {
    Set<String> seen = macroNames;
    outer.addAll(seen);
    macroNames = outer;
    return seen;
  }

  void enterConditional() {
    conditional++;
  }

  void leaveConditional() {
    conditional--;
  }

  /** Refuses names seen since {@code mark} that nothing will ever define. */
  private void settle(int mark, boolean conditionalExpression) {
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

  Expr expression() {
    tokens.enter();
    int mark = unknown.size();
    Expr result = or();
    boolean isConditional = false;
    while (tokens.skipName("if")) {
      isConditional = true;
      Expr test = or();
      Expr otherwise = tokens.skipName("else") ? expression() : null;
      result = new Expr.Conditional(test, result, otherwise);
    }
    settle(mark, isConditional);
    tokens.leave();
    return result;
  }

  private Expr or() {
    Expr left = and();
    while (tokens.skipName("or")) {
      left = new Expr.Or(left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (tokens.skipName("and")) {
      left = new Expr.And(left, not());
    }
    return left;
  }

  private Expr not() {
    int count = 0;
    while (tokens.skipName("not")) {
      count++;
    }
    Expr result = compare();
    if (count == 0) {
      return result;
    }
    result = new Expr.Not(result);
    return count % 2 == 1 ? result : new Expr.Not(result);
  }

  private Expr compare() {
    Expr first = sum();
    List<String> operators = new ArrayList<>();
    List<Expr> rest = new ArrayList<>();
    while (true) {
      Token token = tokens.current();
      if (token.isName("not") && tokens.look().isName("in")) {
        tokens.next();
        tokens.next();
        operators.add("not in");
      } else if (isComparison(token)) {
        tokens.next();
        operators.add(token.text());
      } else {
        break;
      }
      rest.add(sum());
    }
    return rest.isEmpty() ? first : new Expr.Compare(first, operators, rest);
  }

  private static boolean isComparison(Token token) {
    if (token.type() == Type.NAME) {
      return token.text().equals("in");
    }
    return token.type() == Type.OPERATOR
        && switch (token.text()) {
          case "==", "!=", "<", "<=", ">", ">=" -> true;
          default -> false;
        };
  }

  private Expr sum() {
    Expr left = concat();
    while (tokens.atOperator("+") || tokens.atOperator("-")) {
      left = new Expr.Binary(tokens.next().text(), left, concat());
    }
    return left;
  }

  private Expr concat() {
    Expr first = product();
    if (!tokens.atOperator("~")) {
      return first;
    }
    List<Expr> parts = new ArrayList<>(List.of(first));
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return new Expr.Concat(parts);
  }

  private Expr product() {
    Expr left = power();
    while (tokens.atOperator("*")
        || tokens.atOperator("/")
        || tokens.atOperator("//")
        || tokens.atOperator("%")) {
      left = new Expr.Binary(tokens.next().text(), left, power());
    }
    return left;
  }

  private Expr power() {
    Expr left = unary(true);
    while (tokens.skipOperator("**")) {
      left = new Expr.Binary("**", left, unary(true));
    }
    return left;
  }

  private Expr unary(boolean withFilter) {
    tokens.enter();
    Expr node;
    if (tokens.skipOperator("-")) {
      node = new Expr.Negate(unary(false));
    } else if (tokens.skipOperator("+")) {
      node = new Expr.Plus(unary(false));
    } else {
      node = primary();
    }
    node = postfix(node);
    tokens.leave();
    return withFilter ? filters(node) : node;
  }

  private Expr primary() {
    Token token = tokens.next();
    return switch (token.type()) {
      case NAME -> name(token.text());
      case NUMBER -> new Expr.Const(token.value());
      case STRING -> {
        StringBuilder joined = new StringBuilder((String) token.value());
        while (tokens.at(Type.STRING)) {
          joined.append((String) tokens.next().value());
        }
        yield new Expr.Const(joined.toString());
      }
      case OPERATOR ->
        switch (token.text()) {
          case "(" -> {
            Expr inner = tuple(true, true, null);
            tokens.expectOperator(")");
            yield inner;
          }
          case "[" -> list();
          case "{" -> dict();
          default -> throw Errors.syntax(token.line(), "unexpected '" + token.text() + "'");
        };
      default -> throw Errors.syntax(token.line(), "unexpected '" + token.describe() + "'");
    };
  }

  private Expr name(String name) {
    return switch (name) {
      case "true", "True" -> new Expr.Const(true);
      case "false", "False" -> new Expr.Const(false);
      case "none", "None" -> new Expr.Const(null);
      default -> {
        if (name.equals("caller") || name.equals("kwargs") || name.equals("varargs")) {
          macroNames.add(name);
        }
        yield new Expr.Name(name);
      }
    };
  }

  /**
   * Expressions separated by commas: a tuple if there is a comma, else the expression itself.
   *
   * @param parenthesised allows the empty tuple
   * @param withConditional whether an {@code if} after an item belongs to it
   * @param endName a name that ends the tuple, or null
   */
  Expr tuple(boolean parenthesised, boolean withConditional, String endName) {
    List<Expr> items = new ArrayList<>();
    boolean isTuple = false;
    while (true) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
      }
      if (atTupleEnd(endName)) {
        break;
      }
      items.add(withConditional ? expression() : or());
      if (!tokens.atOperator(",")) {
        break;
      }
      isTuple = true;
    }
    if (!isTuple) {
      if (!items.isEmpty()) {
        return items.getFirst();
      }
      if (!parenthesised) {
        throw tokens.fail("Expected an expression, got '" + tokens.current().describe() + "'");
      }
    }
    return new Expr.TupleOf(items);
  }

  private boolean atTupleEnd(String endName) {
    return tokens.at(Type.VARIABLE_END)
        || tokens.at(Type.BLOCK_END)
        || tokens.atOperator(")")
        || endName != null && tokens.atName(endName);
  }

  private Expr list() {
    List<Expr> items = new ArrayList<>();
    while (!tokens.atOperator("]")) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.atOperator("]")) {
          break;
        }
      }
      items.add(expression());
    }
    tokens.expectOperator("]");
    return new Expr.ListOf(items);
  }

  private Expr dict() {
    List<Expr> keys = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (!tokens.atOperator("}")) {
      if (!keys.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.atOperator("}")) {
          break;
        }
      }
      keys.add(expression());
      tokens.expectOperator(":");
      values.add(expression());
    }
    tokens.expectOperator("}");
    return new Expr.DictOf(keys, values);
  }

  private Expr postfix(Expr node) {
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
      start = expression();
      if (!tokens.atOperator(":")) {
        return start;
      }
    }
    tokens.expectOperator(":");
    Expr stop = atSliceEnd() || tokens.atOperator(":") ? null : expression();
    Expr step = null;
    if (tokens.skipOperator(":") && !atSliceEnd()) {
      step = expression();
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
        star = expression();
      } else if (tokens.skipOperator("**")) {
        starStar = expression();
      } else if (tokens.at(Type.NAME) && tokens.look().isOperator("=")) {
        names.add(tokens.next().text());
        tokens.next();
        values.add(expression());
      } else {
        valid &= star == null && names.isEmpty();
        positional.add(expression());
      }
      if (!valid) {
        throw Errors.syntax(open.line(), "invalid syntax for function call expression");
      }
    }
    tokens.expectOperator(")");
    return new Expr.Args(positional, names, values, star, starStar);
  }

  private Expr filters(Expr node) {
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
      Expr argument = postfix(primary());
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
