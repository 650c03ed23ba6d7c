package io.souffleur.tokenizer.jinja;

/**
 * What one rendering has spent of its {@link Limits}. Owned by the rendering thread.
 *
 * <p>Charges are taken before the work they pay for, so a limit is hit before memory is.
 */
final class Budget {
  private static final int CHARS_PER_STEP = 64;

  private final Limits limits;
  private long steps;
  private int depth;
  private int line;

  Budget(Limits limits) {
    this.limits = limits;
  }

  Limits limits() {
    return limits;
  }

  void step() {
    charge(1);
  }

  void charge(long count) {
    steps += count;
    if (steps > limits.steps()) {
      throw Errors.limit("steps", limits.steps(), "evaluation steps");
    }
  }

  /** Pays for reading or writing a text of that length, and refuses one that is too long. */
  void text(long chars) {
    fits(chars);
    charge(1 + chars / CHARS_PER_STEP);
  }

  /** Pays for walking over a text that exists already. */
  void read(int chars) {
    charge(chars / CHARS_PER_STEP);
  }

  /** Refuses a text that is too long; for texts that grow and are paid for when complete. */
  void fits(long chars) {
    if (chars > limits.outputChars()) {
      throw Errors.limit("outputChars", limits.outputChars(), "characters of output");
    }
  }

  /** Pays for a list of that many items. */
  void items(long count) {
    charge(count);
  }

  void enter() {
    if (++depth > limits.depth()) {
      throw Errors.limit("depth", limits.depth(), "nested evaluations");
    }
  }

  void leave() {
    depth--;
  }

  /** Checks nesting of data that is walked beside the evaluation. */
  void nested(int level) {
    if (level > limits.depth()) {
      throw Errors.limit("depth", limits.depth(), "nested evaluations");
    }
    step();
  }

  void at(int sourceLine) {
    line = sourceLine;
  }

  /** The last source line that was reached, for messages. */
  int line() {
    return line;
  }
}
