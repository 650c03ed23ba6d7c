package io.souffleur.tokenizer.jinja;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.TemplateException.Reason;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Functions every template can call. */
final class Globals {
  private static final Map<String, Callable> ALL = Map.of(
      "range", Globals::range,
      "namespace", Globals::namespace,
      "dict", Globals::dict,
      "cycler", (run, arguments) -> new Cycler(arguments.positional()),
      "joiner", (run, arguments) -> joiner(arguments),
      "raise_exception", Globals::raise,
      "strftime_now",
          (run, arguments) -> DateText.format(
              ZonedDateTime.now(run.clock()),
              arguments.bind("strftime_now", 1, "format").text("format"),
              run.budget()));

  private Globals() {}

  /** The function of that name, or null. */
  static Callable find(String name) {
    return ALL.get(name);
  }

  private static Object range(Run run, Arguments arguments) {
    var bound = arguments.bind("range", 1, "first", "second", "step");
    long first = Numbers.small(bound.get("first"));
    boolean one = !bound.has("second");
    return Range.of(
        one ? 0 : first,
        one ? first : Numbers.small(bound.get("second")),
        bound.has("step") ? Numbers.small(bound.get("step")) : 1,
        run.budget().limits().rangeItems());
  }

  private static Object namespace(Run run, Arguments arguments) {
    var namespace = new Namespace();
    namespace.attributes().putAll(fields("namespace", run, arguments));
    return namespace;
  }

  private static Object dict(Run run, Arguments arguments) {
    return fields("dict", run, arguments);
  }

  /** What {@code dict(mapping or pairs, **named)} makes. */
  private static Map<Object, Object> fields(String function, Run run, Arguments arguments) {
    Map<Object, Object> fields = new LinkedHashMap<>();
    List<Object> positional = arguments.positional();
    if (positional.size() > 1) {
      throw Errors.failure(function + " expected at most 1 argument, got " + positional.size());
    }
    if (positional.size() == 1) {
      Object source = positional.getFirst();
      if (source instanceof Undefined undefined) {
        throw Errors.failure(undefined.message());
      }
      if (source instanceof Map<?, ?>) {
        fields.putAll(Types.dict(source));
      } else {
        for (Object pair : Types.toList(source, run.budget())) {
          List<Object> two = Types.toList(pair, run.budget());
          if (two.size() != 2) {
            throw Errors.failure(
                "dictionary update sequence element has length " + two.size() + "; 2 is required");
          }
          fields.put(Types.key(two.get(0)), two.get(1));
        }
      }
    }
    run.budget().items(fields.size());
    fields.putAll(arguments.named());
    return fields;
  }

  private static Object raise(Run run, Arguments arguments) {
    Object message = arguments.bind("raise_exception", 1, "message").get("message");
    throw new TemplateException(Reason.RAISED, Repr.str(message, run.budget()));
  }

  private static Callable joiner(Arguments arguments) {
    var bound = arguments.bind("joiner", 0, "sep");
    Object separator = bound.get("sep", ", ");
    boolean[] used = {false};
    return (run, none) -> {
      none.none("joiner");
      boolean first = !used[0];
      used[0] = true;
      return first ? "" : separator;
    };
  }

  /** Hands out its items in turn. Lives within one rendering. */
  static final class Cycler {
    private final List<Object> items;
    private int position;

    Cycler(List<Object> items) {
      if (items.isEmpty()) {
        throw Errors.failure("at least one item has to be provided");
      }
      this.items = items;
    }

    /** An attribute, or null. */
    Object attribute(String name) {
      return switch (name) {
        case "current" -> items.get(position);
        case "next" ->
          (Callable) (run, arguments) -> {
            arguments.none("next");
            Object item = items.get(position);
            position = (position + 1) % items.size();
            return item;
          };
        case "reset" ->
          (Callable) (run, arguments) -> {
            arguments.none("reset");
            position = 0;
            return null;
          };
        default -> null;
      };
    }
  }
}
