package io.souffleur.clusterconfig.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * A command line that was read: every value fits its flag's kind and works in this build or is
 * ignored.
 *
 * @param values what was given, by flag; bare flags map to no values
 * @param words what was neither flag nor value, in order
 * @param notices one line each, to be printed: deprecated names, and flags without effect
 */
public record ParsedFlags(
    FlagTable table, Map<Flag, List<String>> values, List<String> words, List<String> notices) {
  /** Flags whose values nobody is shown. */
  private static final Set<String> SECRETS =
      Set.of("--api-key", "--admin-api-key", "--ssl-keyfile-password");

  public ParsedFlags {
    values = Map.copyOf(values);
    words = List.copyOf(words);
    notices = List.copyOf(notices);
  }

  boolean given(String name) {
    return values.containsKey(table.require(name));
  }

  /** The given value, or the flag's constant default. */
  Optional<String> text(String name) {
    Flag flag = table.require(name);
    List<String> found = values.get(flag);
    return found == null ? flag.fallback() : Optional.of(found.getLast());
  }

  /** For flags with a constant default. */
  String textOrDefault(String name) {
    return text(name)
        .orElseThrow(() -> new IllegalStateException(name + " has no constant default"));
  }

  /** For flags of kind {@link ValueKind.Whole} or {@link ValueKind.Human}. */
  OptionalLong number(String name) {
    Optional<String> text = text(name);
    return text.isEmpty() ? OptionalLong.empty() : HumanNumber.parse(text.get());
  }

  /** As {@link #number}, for flags whose kind keeps them within an {@code int}. */
  OptionalInt count(String name) {
    OptionalLong number = number(name);
    return number.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(number.getAsLong()));
  }

  /**
   * Values that may be shown: those that were given and constant defaults, by name with underscores.
   * Secrets are left out.
   */
  Map<String, Object> shown() {
    Map<String, Object> shown = new TreeMap<>();
    for (FlagSection section : table.sections()) {
      for (Flag flag : section.flags()) {
        if (!SECRETS.contains(flag.name())) {
          value(flag)
              .ifPresent(value ->
                  shown.put(flag.name().substring("--".length()).replace('-', '_'), value));
        }
      }
    }
    return shown;
  }

  private Optional<Object> value(Flag flag) {
    List<String> found = values.get(flag);
    if (flag.bare()) {
      return Optional.of(found != null);
    }
    return found == null ? flag.fallback().map(text -> text) : Optional.of(found.getLast());
  }

  /** For flags that take several whole numbers; the constant default counts as one of them. */
  List<Integer> counts(String name) {
    Flag flag = table.require(name);
    List<String> found = values.get(flag);
    List<String> texts = found == null ? flag.fallback().stream().toList() : found;
    return texts.stream().map(Integer::valueOf).toList();
  }

  /** For flags of kind {@link ValueKind.Real}. */
  OptionalDouble real(String name) {
    Optional<String> text = text(name);
    return text.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Double.parseDouble(text.get()));
  }
}
