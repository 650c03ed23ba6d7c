package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.jinja.Stmt.Signature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A macro, or the body of a call block, with the scope it was defined in. One rendering. */
record Macro(Signature signature, Scope definedIn, Renderer renderer) implements Callable {
  String name() {
    return signature.name();
  }

  @Override
  public Object call(Run run, Arguments arguments) {
    Scope scope = new Scope(definedIn);
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    List<Object> positional = arguments.positional();
    int count = signature.parameters().size();
    int firstDefault = count - signature.defaults().size();
    List<Integer> missing = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String parameter = signature.parameters().get(i);
      if (i < positional.size()) {
        scope.set(parameter, positional.get(i));
      } else if (named.containsKey(parameter)) {
        scope.set(parameter, named.remove(parameter));
      } else {
        missing.add(i);
      }
    }
    if (signature.usesCaller()) {
      Object caller = named.remove("caller");
      scope.set("caller", caller == null ? new Undefined("No caller defined") : caller);
    }
    if (signature.usesKwargs()) {
      scope.set("kwargs", new LinkedHashMap<Object, Object>(named));
    } else if (!named.isEmpty()) {
      throw Errors.failure("macro " + Repr.of(name()) + " takes no keyword argument "
          + Repr.of(named.keySet().iterator().next()));
    }
    if (signature.usesVarargs()) {
      scope.set(
          "varargs",
          positional.size() > count
              ? Tuple.copyOf(positional.subList(count, positional.size()))
              : new Tuple());
    } else if (positional.size() > count) {
      throw Errors.failure(
          "macro " + Repr.of(name()) + " takes not more than " + count + " argument(s)");
    }
    for (int i : missing) {
      String parameter = signature.parameters().get(i);
      scope.set(
          parameter,
          i < firstDefault
              ? new Undefined("parameter " + Repr.of(parameter) + " was not provided")
              : renderer.evaluate(signature.defaults().get(i - firstDefault), scope));
    }
    return renderer.capture(signature.body(), scope);
  }

  /** An attribute, or null. */
  Object attribute(String attribute) {
    return switch (attribute) {
      case "name" -> name();
      case "arguments" -> Tuple.copyOf(signature.parameters());
      case "caller" -> signature.usesCaller();
      case "catch_kwargs" -> signature.usesKwargs();
      case "catch_varargs" -> signature.usesVarargs();
      default -> null;
    };
  }
}
