package io.souffleur.clusterconfig.cli;

import java.util.ArrayList;
import java.util.List;

/** The text of {@code --help} for commands that take the flags of a table: those that do something. */
final class Help {
  private static final int COLUMNS = 100;
  private static final int INDENT = 8;

  private Help() {}

  static String text(String usage, String about, FlagTable table) {
    return text(usage, about, table, "docs/flags.md");
  }

  /** @param document where the flags stand that this text leaves out */
  static String text(String usage, String about, FlagTable table, String document) {
    StringBuilder text = new StringBuilder();
    text.append(usage).append("\n\n").append(about).append("\n");
    for (FlagSection section : table.sections()) {
      List<Flag> useful = section.flags().stream().filter(Help::useful).toList();
      if (useful.isEmpty()) {
        continue;
      }
      text.append('\n').append(section.title()).append(":\n");
      useful.forEach(flag -> append(flag, text));
    }
    text.append("\nFlags that are accepted without effect, or refused, stand in ")
        .append(document)
        .append(".\n");
    return text.toString();
  }

  private static boolean useful(Flag flag) {
    return switch (flag.effect()) {
      case Effect.Works works -> true;
      case Effect.WorksFor some -> some.values().size() > 1;
      case Effect.Ignored ignored -> false;
      case Effect.Refused refused -> false;
    };
  }

  private static void append(Flag flag, StringBuilder text) {
    text.append("  ").append(String.join(", ", flag.names()));
    if (!flag.bare()) {
      text.append(' ').append(flag.kind().placeholder());
    }
    text.append('\n');
    String sentence = flag.meaning();
    if (flag.effect() instanceof Effect.WorksFor some) {
      sentence += " One of " + String.join(", ", some.values()) + ".";
    } else if (flag.kind() instanceof ValueKind.Choice choice) {
      sentence += " One of " + String.join(", ", choice.allowed()) + ".";
    }
    String absent = flag.fallback().orElse(flag.absent());
    if (!absent.isEmpty()) {
      sentence += " Default: " + absent + ".";
    }
    for (String line : wrapped(sentence)) {
      text.repeat(' ', INDENT).append(line).append('\n');
    }
  }

  private static List<String> wrapped(String sentence) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : sentence.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > COLUMNS - INDENT) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
