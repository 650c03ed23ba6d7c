package io.souffleur.clusterconfig.bench;

import io.souffleur.clusterconfig.cli.LaunchError;

/** One batch: how many requests, and how long each is in tokens. */
record BatchShape(int batch, int inputTokens, int outputTokens) {

  String text() {
    return "batch " + batch + ", " + inputTokens + " in, " + outputTokens + " out";
  }

  /** @param contextTokens most tokens of prompt and answer together */
  void check(int contextTokens) throws LaunchError {
    if ((long) inputTokens + outputTokens > contextTokens) {
      throw new LaunchError("--input-len " + inputTokens + " and --output-len " + outputTokens
          + " are " + ((long) inputTokens + outputTokens) + " tokens, the context holds "
          + contextTokens);
    }
  }
}
