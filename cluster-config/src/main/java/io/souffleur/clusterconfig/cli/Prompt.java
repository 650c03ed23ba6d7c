package io.souffleur.clusterconfig.cli;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One prompt from the terminal.
 *
 * @param text the user's message, not blank
 * @param system system message
 * @param tokensMax most tokens of the answer, thoughts included
 * @param thinking whether to think; empty for the template's default
 * @param temperature empty for the launch's sampling defaults
 * @param topP likewise
 */
public record Prompt(
    String text,
    Optional<String> system,
    int tokensMax,
    Optional<Boolean> thinking,
    OptionalDouble temperature,
    OptionalDouble topP) {

  /** @param text the words of the command line, or standard input */
  static Prompt of(String text, ParsedFlags flags) throws LaunchError {
    if (text.isBlank()) {
      throw new LaunchError("there is no prompt; give one in quotes, or on standard input");
    }
    return new Prompt(
        text,
        flags.text("--system"),
        flags.count("--max-tokens").orElseThrow(),
        flags.text("--thinking").map(word -> word.equals("on")),
        flags.real("--temperature"),
        flags.real("--top-p"));
  }
}
