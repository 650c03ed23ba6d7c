package io.souffleur.clusterconfig.bench;

/**
 * What one request met with. Times are those of {@link System#nanoTime}.
 *
 * @param error empty when the request succeeded
 * @param startNanos when it was sent
 * @param ttftNanos from there to the first text; 0 when there was none
 * @param gapNanos times between tokens, see {@link Timeline}; belongs to the receiver
 * @param latencyNanos from the start to the last that was received
 * @param inputTokens length of the prompt as asked for
 * @param outputTokens as the server counted them, or as asked for when it did not say
 * @param text all that was received, thoughts included
 */
record Outcome(
    String error,
    long startNanos,
    double ttftNanos,
    double[] gapNanos,
    double latencyNanos,
    int inputTokens,
    int outputTokens,
    String text) {

  static Outcome failed(String error, long startNanos, int inputTokens) {
    return new Outcome(error, startNanos, 0, new double[0], 0, inputTokens, 0, "");
  }

  boolean succeeded() {
    return error.isEmpty();
  }
}
