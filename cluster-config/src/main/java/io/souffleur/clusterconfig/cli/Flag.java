package io.souffleur.clusterconfig.cli;

import java.util.List;
import java.util.Optional;

/**
 * One launch flag: what it is called, what it takes, what it means and what it changes here.
 *
 * @param names the first is the name that messages and documents use, the rest are aliases
 * @param deprecated names that still work and print one line
 * @param kind what it takes
 * @param fallback the value taken when the flag is absent, if that is a constant
 * @param absent in words, what its absence means; empty when {@code fallback} says it
 * @param effect what it changes in this build
 * @param meaning one sentence for help and documents
 */
public record Flag(
    List<String> names,
    List<String> deprecated,
    ValueKind kind,
    Optional<String> fallback,
    String absent,
    Effect effect,
    String meaning) {

  /** Name that messages and documents use. */
  public String name() {
    return names.getFirst();
  }

  public boolean bare() {
    return kind instanceof ValueKind.Switch;
  }

  /** Starts a row of the table; {@link Row#works} and its siblings end it. */
  static Row flag(String name, String... aliases) {
    return new Row(name, aliases);
  }

  /** A row being written. Used once, by the table, while its class is loaded. */
  static final class Row {
    private final List<String> names;
    private List<String> deprecated = List.of();
    private ValueKind kind = new ValueKind.Switch();
    private Optional<String> fallback = Optional.empty();
    private String absent = "";

    private Row(String name, String... aliases) {
      names = java.util.stream.Stream.concat(
              java.util.stream.Stream.of(name), java.util.stream.Stream.of(aliases))
          .toList();
    }

    Row formerly(String... old) {
      deprecated = List.of(old);
      return this;
    }

    Row takes(ValueKind what) {
      kind = what;
      return this;
    }

    Row text(String placeholder) {
      return takes(new ValueKind.Text(placeholder));
    }

    Row choice(String... allowed) {
      return takes(new ValueKind.Choice(List.of(allowed)));
    }

    Row whole(long min, long max) {
      return takes(new ValueKind.Whole(min, max));
    }

    Row human(long min, long max) {
      return takes(new ValueKind.Human(min, max));
    }

    Row real() {
      return takes(new ValueKind.Real(-Double.MAX_VALUE, true, Double.MAX_VALUE));
    }

    Row json() {
      return takes(new ValueKind.Json());
    }

    Row several(ValueKind each) {
      return takes(new ValueKind.Several(each));
    }

    Row byDefault(String value) {
      fallback = Optional.of(value);
      return this;
    }

    Row otherwise(String words) {
      absent = words;
      return this;
    }

    Flag works(String meaning) {
      return ends(new Effect.Works(), meaning);
    }

    Flag ignored(String meaning, String reason) {
      return ends(new Effect.Ignored(reason), meaning);
    }

    Flag refused(String meaning, String reason) {
      return ends(new Effect.Refused(reason), meaning);
    }

    Flag worksFor(List<String> values, Effect rest, String meaning) {
      return ends(new Effect.WorksFor(values, rest), meaning);
    }

    private Flag ends(Effect effect, String meaning) {
      return new Flag(names, deprecated, kind, fallback, absent, effect, meaning);
    }
  }
}
