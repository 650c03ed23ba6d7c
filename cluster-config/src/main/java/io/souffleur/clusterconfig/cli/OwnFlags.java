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
          flag("--cache-dir")
              .text("DIR")
              .works("Keep prefixes in files of this folder, for other requests and for the next"
                  + " server of the same model. The files hold prompts; they have mode 0600, the"
                  + " folder, if it is made, 0700. One server at a time."),
          flag("--cache-dir-max-bytes")
              .human(1, Long.MAX_VALUE)
              .otherwise("--hicache-size or --hicache-ratio")
              .works("Most bytes of files in --cache-dir; what was not used for longest goes."),
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
