package io.souffleur.scheduler;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What steps were made of and what was taken back, readable from any thread; written by the engine loop. */
final class LoadCounters {
  private static final int PERMILLE = 1_000;

  private final AtomicLong rowsDecoded = new AtomicLong();
  private final AtomicLong promptTokensRetracted = new AtomicLong();
  private final AtomicLong outputTokensRetracted = new AtomicLong();
  private final AtomicInteger newTokenRatio = new AtomicInteger();

  /** The rows of this sequence are in the next step. */
  void planned(Sequence sequence) {
    if (sequence.plannedRows() == 1 && sequence.generated() > 0) {
      EngineCounters.add(rowsDecoded, 1);
    }
  }

  /** The sequence gives way and goes back to the queue. */
  void retracted(Sequence sequence) {
    EngineCounters.add(promptTokensRetracted, sequence.ticket().request().promptTokens().length);
    EngineCounters.add(outputTokensRetracted, sequence.generated());
  }

  void publish(OutputEstimate estimate) {
    newTokenRatio.lazySet((int) Math.round(PERMILLE * estimate.ratio()));
  }

  LoadSnapshot snapshot() {
    return new LoadSnapshot(
        rowsDecoded.get(),
        promptTokensRetracted.get(),
        outputTokensRetracted.get(),
        newTokenRatio.get());
  }
}
