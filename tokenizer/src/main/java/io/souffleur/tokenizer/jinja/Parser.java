package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Stmt.Target;
import io.souffleur.tokenizer.jinja.Token.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tokens to statements, by recursive descent. An instance is used once. */
final class Parser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private int loops;

  private Parser(List<Token> tokens) {
    this.tokens = new TokenStream(tokens);
    this.expressions = new ExpressionParser(this.tokens);
  }

  static List<Stmt> parse(String source) {
    var parser = new Parser(Lexer.tokenize(source));
    List<Stmt> body = parser.statementsUntil();
    if (!parser.tokens.at(Type.END)) {
      throw parser.tokens.fail("unexpected '" + parser.tokens.current().describe() + "'");
    }
    return body;
  }

  /** Statements up to a tag of one of these names, whose name is then the current token. */
  private List<Stmt> statementsUntil(String... endNames) {
    List<Stmt> body = new ArrayList<>();
    while (true) {
      Token token = tokens.current();
      switch (token.type()) {
        case DATA -> body.add(new Stmt.Text(tokens.next().text()));
        case VARIABLE_BEGIN -> {
          tokens.next();
          body.add(new Stmt.Print(tuple(true), token.line()));
          tokens.expect(Type.VARIABLE_END);
        }
        case BLOCK_BEGIN -> {
          tokens.next();
          for (String name : endNames) {
            if (tokens.atName(name)) {
              return body;
            }
          }
          tokens.enter();
          body.addAll(statement());
          tokens.leave();
          tokens.expect(Type.BLOCK_END);
        }
        case END -> {
          if (endNames.length > 0) {
            throw tokens.fail("Unexpected end of template, looking for '"
                + String.join("' or '", endNames) + "'");
          }
          return body;
        }
        default -> throw tokens.fail("unexpected '" + token.describe() + "'");
      }
    }
  }

  private Expr tuple(boolean withConditional) {
    Expr result = expressions.tuple(false, withConditional);
    expressions.postfix().refuseUnknownNames();
    return result;
  }

  private Expr expression() {
    Expr result = expressions.expression();
    expressions.postfix().refuseUnknownNames();
    return result;
  }

  /** The body of a tag, past its closing bracket, up to one of {@code endNames}. */
  private List<Stmt> body(String... endNames) {
    tokens.skipOperator(":");
    tokens.expect(Type.BLOCK_END);
    return statementsUntil(endNames);
  }

  /** As {@link #body}, and takes the end tag's name. */
  private List<Stmt> bodyThrough(String endName) {
    List<Stmt> body = body(endName);
    tokens.next();
    return body;
  }

  private List<Stmt> statement() {
    Token tag = tokens.current();
    if (tag.type() != Type.NAME) {
      throw tokens.fail("tag name expected");
    }
    tokens.next();
    int line = tag.line();
    return switch (tag.text()) {
      case "if" -> List.of(ifStatement(line));
      case "for" -> List.of(forStatement(line));
      case "set" -> List.of(setStatement(line));
      case "macro" -> List.of(macro(line));
      case "call" -> List.of(callBlock(line));
      case "filter" -> {
        Expr filter = expressions.postfix().filterChain(null, true);
        expressions.postfix().refuseUnknownNames();
        yield List.of(new Stmt.FilterBlock(filter, bodyThrough("endfilter"), line));
      }
      case "with" -> List.of(with(line));
      case "block" -> List.of(block());
      case "print" -> print(line);
      case "generation" -> List.of(new Stmt.Generation(function("endgeneration")));
      case "break", "continue" -> {
        if (loops == 0) {
          throw Errors.syntax(line, "'" + tag.text() + "' outside loop");
        }
        yield List.of(tag.text().equals("break") ? new Stmt.Break() : new Stmt.Continue());
      }
      case "extends", "include", "import", "from" ->
        throw Errors.syntax(
            line, "'" + tag.text() + "' is not available: a chat template is one file");
      case "autoescape", "do", "trans", "debug" ->
        throw Errors.syntax(
            line, "the tag '" + tag.text() + "' is not available in chat templates");
      default -> throw Errors.syntax(line, "Encountered unknown tag '" + tag.text() + "'");
    };
  }

  private Stmt ifStatement(int firstLine) {
    List<Stmt.Branch> branches = new ArrayList<>();
    List<Stmt> otherwise = List.of();
    int line = firstLine;
    expressions.postfix().enterConditional();
    while (true) {
      Expr test = tuple(false);
      branches.add(new Stmt.Branch(test, body("elif", "else", "endif"), line));
      Token end = tokens.next();
      line = end.line();
      if (end.isName("else")) {
        otherwise = bodyThrough("endif");
      }
      if (!end.isName("elif")) {
        break;
      }
    }
    expressions.postfix().leaveConditional();
    return new Stmt.If(branches, otherwise);
  }

  private Stmt forStatement(int line) {
    Target target = target(false);
    tokens.expectName("in");
    Expr iterable = tuple(false);
    Expr filter = tokens.skipName("if") ? expression() : null;
    boolean recursive = tokens.skipName("recursive");
    loops++;
    List<Stmt> body = body("endfor", "else");
    loops--;
    List<Stmt> otherwise = tokens.next().isName("else") ? bodyThrough("endfor") : List.of();
    return new Stmt.For(target, iterable, filter, recursive, body, otherwise, line);
  }

  private Stmt setStatement(int line) {
    Target target = target(true);
    if (tokens.skipOperator("=")) {
      return new Stmt.Assign(target, tuple(true), line);
    }
    Expr filter = tokens.atOperator("|") ? expressions.postfix().filterChain(null, false) : null;
    expressions.postfix().refuseUnknownNames();
    return new Stmt.AssignBlock(target, filter, bodyThrough("endset"), line);
  }

  private Stmt macro(int line) {
    String name = tokens.expect(Type.NAME).text();
    return new Stmt.MacroDefinition(signature(name, "endmacro"), line);
  }

  private Stmt callBlock(int line) {
    List<String> parameters = new ArrayList<>();
    List<Expr> defaults = new ArrayList<>();
    if (tokens.atOperator("(")) {
      parameters(parameters, defaults);
    }
    if (!(expression() instanceof Expr.Call call)) {
      throw Errors.syntax(line, "expected call");
    }
    Set<String> outer = expressions.watchMacroNames();
    List<Stmt> body = function("endcall");
    Set<String> seen = expressions.seenMacroNames(outer);
    return new Stmt.CallBlock(signature("", parameters, defaults, body, seen), call, line);
  }

  private Stmt.Signature signature(String name, String endName) {
    List<String> parameters = new ArrayList<>();
    List<Expr> defaults = new ArrayList<>();
    parameters(parameters, defaults);
    Set<String> outer = expressions.watchMacroNames();
    List<Stmt> body = function(endName);
    return signature(name, parameters, defaults, body, expressions.seenMacroNames(outer));
  }

  private Stmt.Signature signature(
      String name,
      List<String> parameters,
      List<Expr> defaults,
      List<Stmt> body,
      Set<String> seen) {
    int caller = parameters.indexOf("caller");
    if (seen.contains("caller") && caller >= 0 && caller < parameters.size() - defaults.size()) {
      throw tokens.fail("the parameter 'caller' needs a default");
    }
    return new Stmt.Signature(
        name,
        parameters,
        defaults,
        body,
        seen.contains("caller") && !parameters.contains("caller"),
        seen.contains("kwargs") && !parameters.contains("kwargs"),
        seen.contains("varargs") && !parameters.contains("varargs"));
  }

  /** A body that is a function of its own: loops around it cannot be left from inside. */
  private List<Stmt> function(String endName) {
    int outerLoops = loops;
    loops = 0;
    List<Stmt> body = bodyThrough(endName);
    loops = outerLoops;
    return body;
  }

  private void parameters(List<String> names, List<Expr> defaults) {
    tokens.expectOperator("(");
    while (!tokens.atOperator(")")) {
      if (!names.isEmpty()) {
        tokens.expectOperator(",");
      }
      names.add(assignable(tokens.expect(Type.NAME)));
      if (tokens.skipOperator("=")) {
        defaults.add(expression());
      } else if (!defaults.isEmpty()) {
        throw tokens.fail("non-default argument follows default argument");
      }
    }
    tokens.next();
  }

  private Stmt with(int line) {
    List<Target> targets = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (!tokens.at(Type.BLOCK_END)) {
      if (!targets.isEmpty()) {
        tokens.expectOperator(",");
      }
      targets.add(target(false));
      tokens.expectOperator("=");
      values.add(expression());
    }
    return new Stmt.With(targets, values, bodyThrough("endwith"), line);
  }

  private Stmt block() {
    String name = tokens.expect(Type.NAME).text();
    tokens.skipName("scoped");
    tokens.skipName("required");
    Stmt block = new Stmt.Block(function("endblock"));
    tokens.skipName(name);
    return block;
  }

  private List<Stmt> print(int line) {
    List<Stmt> prints = new ArrayList<>();
    while (!tokens.at(Type.BLOCK_END)) {
      if (!prints.isEmpty()) {
        tokens.expectOperator(",");
      }
      prints.add(new Stmt.Print(expression(), line));
    }
    return prints;
  }

  /** What a {@code set} or {@code for} assigns to: names, nested and separated by commas. */
  private Target target(boolean withNamespace) {
    List<Target> parts = new ArrayList<>();
    boolean many = false;
    while (true) {
      if (!parts.isEmpty()) {
        tokens.expectOperator(",");
      }
      if (tokens.at(Type.BLOCK_END) || tokens.atOperator(")")) {
        break;
      }
      parts.add(targetPart(withNamespace));
      if (!tokens.atOperator(",")) {
        break;
      }
      many = true;
    }
    if (parts.isEmpty()) {
      throw tokens.fail("Expected an expression, got '" + tokens.current().describe() + "'");
    }
    return many ? new Target.Many(parts) : parts.getFirst();
  }

  private Target targetPart(boolean withNamespace) {
    if (tokens.skipOperator("(")) {
      tokens.enter();
      Target inner = target(false);
      tokens.leave();
      tokens.expectOperator(")");
      return inner;
    }
    Token name = tokens.next();
    if (name.type() != Type.NAME) {
      throw Errors.syntax(name.line(), "can't assign to '" + name.describe() + "'");
    }
    if (withNamespace && tokens.skipOperator(".")) {
      return new Target.NamespaceAttribute(name.text(), tokens.expect(Type.NAME).text());
    }
    return new Target.Name(assignable(name));
  }

  private static String assignable(Token name) {
    return switch (name.text()) {
      case "true", "false", "none", "True", "False", "None" ->
        throw Errors.syntax(name.line(), "can't assign to '" + name.text() + "'");
      default -> name.text();
    };
  }
}
