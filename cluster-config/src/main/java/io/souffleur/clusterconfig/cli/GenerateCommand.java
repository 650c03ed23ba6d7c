package io.souffleur.clusterconfig.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code souffleur generate}: one prompt, one answer on standard output. */
@Command(name = "generate", description = "Answer one prompt on the terminal.")
final class GenerateCommand implements Callable<Integer> {
  /** A prompt from standard input may not be longer; no context holds more. */
  static final int INPUT_BYTES_MAX = 8 << 20;

  private static final String NAME = "souffleur generate";
  private static final String USAGE = "usage: " + NAME + " \"PROMPT\" [--thinking off] [flag …]";

  private final Actions.Generate action;
  private final Terminal terminal;

  @Parameters(arity = "0..*", paramLabel = "word")
  private final List<String> words = new ArrayList<>();

  GenerateCommand(Actions.Generate action, Terminal terminal) {
    this.action = action;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (words.contains("--help") || words.contains("-h")) {
      terminal
          .out()
          .print(Help.text(
              USAGE,
              "Answers one prompt and ends. Without a prompt it is read from standard input.",
              GenerateFlags.TABLE));
      return CommandTree.OK;
    }
    return terminal.run(NAME, USAGE, () -> {
      ParsedFlags flags = FlagParser.parseWithWords(GenerateFlags.TABLE, words);
      Launch launch = LaunchReader.read(flags);
      String text = flags.words().isEmpty() ? read(System.in) : String.join(" ", flags.words());
      Prompt prompt = Prompt.of(text, flags);
      terminal.notices(NAME, launch.notices());
      LogLevel.set(flags.given("--log-level") ? launch.options().server().logLevel() : "WARN");
      return action.run(launch.options(), prompt, terminal.out(), terminal.err());
    });
  }

  private static String read(InputStream in) throws LaunchError {
    try {
      byte[] bytes = in.readNBytes(INPUT_BYTES_MAX + 1);
      if (bytes.length > INPUT_BYTES_MAX) {
        throw new LaunchError("the prompt has more than " + INPUT_BYTES_MAX + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new LaunchError("cannot read the prompt: " + e.getMessage());
    }
  }
}
