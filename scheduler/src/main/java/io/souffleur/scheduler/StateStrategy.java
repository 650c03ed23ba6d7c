package io.souffleur.scheduler;

/** How many state slots a running sequence has, and so what a step may overwrite. */
public enum StateStrategy {
  /**
   * One slot: a step overwrites the state it reads. When its rank dies in a step, the sequences of the step
   * go back to their last checkpoint, or to the beginning. States are kept at the ends of chunks only.
   */
  NO_BUFFER(1),
  /** Two slots: a step reads one and writes the other, and can run again. */
  EXTRA_BUFFER(2);

  private final int slotsPerSequence;

  StateStrategy(int slotsPerSequence) {
    this.slotsPerSequence = slotsPerSequence;
  }

  /** Slots that a running sequence holds beside checkpoints. */
  public int slotsPerSequence() {
    return slotsPerSequence;
  }
}
