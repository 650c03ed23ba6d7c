package io.souffleur.clusterconfig.cli;

import java.util.List;

/** Parser names that a launch takes. */
final class ParserNames {
  static final String AUTO = "auto";

  static final List<String> REASONING = List.of(AUTO, "qwen3", "interns1");

  static final List<String> TOOL_CALLS = List.of(AUTO, "qwen3_coder", "interns1", "qwen", "qwen25");

  /**
   * Taken though not built: people pass them to templates that write calls in another form, where
   * they never match. {@link ParserChoice} warns and names the parser that fits.
   */
  static final List<String> TOOL_CALLS_MISTAKEN = List.of("hermes");

  static final List<String> TOOL_CALLS_ACCEPTED = java.util.stream.Stream.concat(
          TOOL_CALLS.stream(), TOOL_CALLS_MISTAKEN.stream())
      .toList();

  private ParserNames() {}
}
