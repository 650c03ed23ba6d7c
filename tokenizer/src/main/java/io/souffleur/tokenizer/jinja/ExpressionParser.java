package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Token.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Expressions by recursive descent, loosest binding first: conditional, or, and, not, comparison,
 * sum, {@code ~}, product, power, sign; what follows a primary is {@link PostfixParser}'s.
 */
final class ExpressionParser {
  private final TokenStream tokens;
  private final PostfixParser postfix;

  /** Which of the names with a meaning inside macros were read since the last reset. */
  private Set<String> macroNames = new HashSet<>();

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
    this.postfix = new PostfixParser(tokens, this);
  }

  /** Filters, tests, calls and subscripts, and the names they need. */
  PostfixParser postfix() {
    return postfix;
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

  Expr expression() {
    tokens.enter();
    int mark = postfix.unknownNames();
    Expr result = or();
    boolean isConditional = false;
    while (tokens.skipName("if")) {
      isConditional = true;
      Expr test = or();
      Expr otherwise = tokens.skipName("else") ? expression() : null;
      result = new Expr.Conditional(test, result, otherwise);
    }
    postfix.settle(mark, isConditional);
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
    node = postfix.postfix(node);
    tokens.leave();
    return withFilter ? postfix.filters(node) : node;
  }

  Expr primary() {
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
            Expr inner = tuple(true, true);
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
   */
  Expr tuple(boolean parenthesised, boolean withConditional) {
    List<Expr> items = new ArrayList<>();
    boolean isTuple = false;
    while (true) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
      }
      if (atTupleEnd()) {
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

  private boolean atTupleEnd() {
    return tokens.at(Type.VARIABLE_END) || tokens.at(Type.BLOCK_END) || tokens.atOperator(")");
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
}
