package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** Flags that only Souffleur has. */
final class OwnFlags {
  static final FlagSection SECTION = new FlagSection(
      "Souffleur's own",
      List.of(
          flag("--isolation")
              .choice("process", "thread")
              .byDefault("process")
              .works(
                  "Where a rank lives: in a process that may die and is replaced, or in this one, which ends "
                      + "when native code crashes."),
          flag("--backend")
              .choice("auto", "native", "reference")
              .byDefault("auto")
              .works("Kernels: the best native set that this CPU has, or the slow Java twin."),
          flag("--cpu-threads")
              .whole(1, 1_024)
              .otherwise("from the cores of this machine")
              .works("Threads that compute a step."),
          flag("--spare-ranks")
              .whole(0, 64)
              .byDefault("0")
              .worksFor(
                  List.of("0"),
                  new Effect.Refused(
                      "a warm spare is not built yet; a killed rank is started anew"),
                  "Ranks kept warm to replace a dead one.")));

  private OwnFlags() {}
}
