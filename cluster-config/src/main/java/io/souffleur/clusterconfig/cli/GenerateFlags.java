package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** What {@code generate} takes beside the flags of {@code serve}. */
final class GenerateFlags {
  private static final FlagSection SECTION = new FlagSection(
      "The prompt",
      List.of(
          flag("--system").text("TEXT").otherwise("none").works("System message."),
          flag("--max-tokens")
              .human(1, Integer.MAX_VALUE)
              .byDefault("1024")
              .works("Most tokens of the answer, thoughts included."),
          flag("--thinking")
              .choice("on", "off")
              .otherwise("as the chat template has it")
              .works("Whether the model thinks before it answers."),
          flag("--temperature")
              .takes(new ValueKind.Real(0, true, 2))
              .otherwise("as --sampling-defaults says")
              .works("0 takes the likeliest token."),
          flag("--top-p")
              .takes(new ValueKind.Real(0, false, 1))
              .otherwise("as --sampling-defaults says")
              .works("Share of likelihood that is drawn from.")));

  static final FlagTable TABLE = FlagTable.SERVE.with(SECTION);

  private GenerateFlags() {}
}
