package io.souffleur.clusterconfig.bench;

import java.util.Optional;

/**
 * One request to make.
 *
 * @param text the prompt
 * @param ids the prompt's tokens, when they are sent instead of the text; belongs to the receiver
 * @param inputTokens length of the prompt as asked for: a server may count a few more or fewer
 * @param outputTokens tokens to generate
 */
record BenchRequest(String text, Optional<int[]> ids, int inputTokens, int outputTokens) {
  BenchRequest withOutput(int tokens) {
    return new BenchRequest(text, ids, inputTokens, tokens);
  }
}
