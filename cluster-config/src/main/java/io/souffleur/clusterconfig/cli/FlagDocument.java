package io.souffleur.clusterconfig.cli;

/** {@code docs/flags.md}, made from the table. */
final class FlagDocument {
  private FlagDocument() {}

  static String markdown(FlagTable table) {
    StringBuilder text = new StringBuilder();
    text.append("""
        # Flags of `souffleur serve`

        Made from the flag table of the command line; a test keeps the two equal.

        Flags are read as Python's argparse reads them: `--flag value` or `--flag=value`, any
        unambiguous prefix of a name, the last of two counts. `--config FILE.yaml` holds flags too,
        without the dashes in front; the command line wins. Numbers marked *n* may carry a suffix:
        `25.6k` is 25,600 and `4Ki` is 4,096.

        **works**: does what it says. **no effect**: name and value are checked, then one line says
        why nothing follows. **refused**: one line, exit code 2. Values that do not go together end
        the launch with one line and exit code 1.

        Of the launch commands that the SGLang cookbook prints, all 64 for MiniCPM-V 4.6 and the 56 for
        Intern-S1-mini are read; the 56 for Intern-S1 are refused, because they ask for `--tp 8`. A
        test reads them all. A hub name such as `openbmb/MiniCPM-V-4.6` is no folder and ends the
        launch: download the checkpoint, then name its folder.
        """);
    for (FlagSection section : table.sections()) {
      text.append("\n## ").append(section.title()).append("\n\n");
      text.append("| Flag | Default | Here | Meaning |\n| --- | --- | --- | --- |\n");
      section.flags().forEach(flag -> row(flag, text));
    }
    return text.toString();
  }

  private static void row(Flag flag, StringBuilder text) {
    text.append("| ").append(names(flag)).append(" | ").append(absent(flag)).append(" | ");
    text.append(escaped(here(flag.effect()))).append(" | ").append(escaped(flag.meaning()));
    if (flag.effect() instanceof Effect.Works && flag.kind() instanceof ValueKind.Choice choice) {
      text.append(" One of ")
          .append(code(String.join("`, `", choice.allowed())))
          .append('.');
    }
    if (!flag.deprecated().isEmpty()) {
      text.append(" Deprecated name: ").append(code(String.join("`, `", flag.deprecated())));
      text.append('.');
    }
    text.append(" |\n");
  }

  private static String names(Flag flag) {
    String names = code(String.join("`, `", flag.names()));
    return switch (flag.kind()) {
      case ValueKind.Switch bare -> names;
      case ValueKind.Human human -> names + " *n*";
      default -> names + " " + flag.kind().placeholder();
    };
  }

  private static String absent(Flag flag) {
    return flag.fallback()
        .map(FlagDocument::code)
        .orElse(flag.absent().isEmpty() ? (flag.bare() ? "off" : "none") : flag.absent());
  }

  private static String here(Effect effect) {
    return switch (effect) {
      case Effect.Works works -> "works";
      case Effect.Ignored ignored -> "no effect: " + ignored.reason();
      case Effect.Refused refused -> "refused: " + refused.reason();
      case Effect.WorksFor some ->
        "works for " + code(String.join("`, `", some.values())) + "; else "
            + here(some.otherwise());
    };
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|");
  }
}
