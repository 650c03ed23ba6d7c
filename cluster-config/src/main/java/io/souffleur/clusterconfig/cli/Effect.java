package io.souffleur.clusterconfig.cli;

import java.util.List;

/** What giving a flag changes in this build. Reasons are clauses that follow a colon. */
public sealed interface Effect {
  /** The flag does what its meaning says. */
  record Works() implements Effect {}

  /** The value is checked, then one line says why nothing follows from it. */
  record Ignored(String reason) implements Effect {}

  /** The launch ends with one line and exit code 2. */
  record Refused(String reason) implements Effect {}

  /** Some values do what the meaning says, all others are ignored or refused. */
  record WorksFor(List<String> values, Effect otherwise) implements Effect {}

  /** The effect for one value: {@link Works}, {@link Ignored} or {@link Refused}. */
  default Effect on(String value) {
    return switch (this) {
      case WorksFor some -> some.values().contains(value) ? new Works() : some.otherwise();
      case Works all -> all;
      case Ignored all -> all;
      case Refused all -> all;
    };
  }
}
