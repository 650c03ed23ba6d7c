package io.souffleur.scheduler;

/**
 * How far answers are expected to grow, as a share of what their limits leave.
 *
 * <pre>
 *   first  0.7 · conservativeness, at most 1
 *   falls  in a straight line to 0.14 of that over 600 steps without a retraction
 *   rises  at a retraction, to what the survivors have decoded of their limits, with 20 steps to spare
 *   first  again when the engine has been idle
 * </pre>
 *
 * <p>Owned by the engine loop.
 */
final class OutputEstimate {
  static final double FIRST_RATIO = 0.7;
  static final double LEAST_SHARE = 0.14;
  static final int DECAY_STEPS = 600;

  /** A limit beyond this says nothing about the answer. */
  static final int REMAINING_MAX = 4096;

  private static final int STEPS_TO_SPARE = 20;

  private final double first;
  private final double least;
  private double ratio;

  OutputEstimate(double conservativeness) {
    first = Math.min(1, FIRST_RATIO * conservativeness);
    least = first * LEAST_SHARE;
    ratio = first;
  }

  /** Tokens that are expected to be in the cache when {@code sequence} ends. */
  int computedAtEnd(Sequence sequence) {
    int remaining = Math.min(REMAINING_MAX, sequence.knownMax() - sequence.known());
    int expected = sequence.known() + (int) Math.ceil(ratio * remaining);
    return Math.min(expected, sequence.knownMax() - 1);
  }

  /** A step went by without a retraction. */
  void stepDone() {
    ratio = Math.max(least, ratio - (first - least) / DECAY_STEPS);
  }

  /** Somebody had to go; these stay. */
  void retracted(RunQueue queue) {
    long decoded = 0;
    long limits = 0;
    for (int i = 0; i < queue.runningCount(); i++) {
      Sequence sequence = queue.running(i);
      decoded += sequence.generated() + STEPS_TO_SPARE;
      limits += sequence.generated() + sequence.knownMax() - sequence.known();
    }
    if (limits > 0) {
      ratio = Math.min(1, (double) decoded / limits);
    }
  }

  void reset() {
    ratio = first;
  }

  double ratio() {
    return ratio;
  }
}
