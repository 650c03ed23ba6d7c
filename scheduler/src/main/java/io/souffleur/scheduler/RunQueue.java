package io.souffleur.scheduler;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Sequences that wait for a seat and sequences that have one, both oldest first.
 *
 * <p>First come, first served: every running sequence is older than every waiting one. A preempted
 * sequence goes back to the front, so this stays true. Owned by the engine loop.
 */
final class RunQueue {
  static final int NOBODY = -1;

  private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
  private final Sequence[] running;
  private int runningCount;

  RunQueue(int runningMax) {
    running = new Sequence[runningMax];
  }

  void arrive(Sequence sequence) {
    waiting.addLast(sequence);
  }

  /** The oldest waiting sequence takes a place among the running ones. */
  Sequence startOldest() {
    Sequence sequence = waiting.removeFirst();
    running[runningCount++] = sequence;
    return sequence;
  }

  /** Sends a running sequence back; only the youngest may go, which keeps the order. */
  void sendBackYoungest() {
    Sequence sequence = running[--runningCount];
    running[runningCount] = null;
    waiting.addFirst(sequence);
  }

  void removeRunning(Sequence sequence) {
    for (int i = 0; i < runningCount; i++) {
      if (running[i] == sequence) {
        System.arraycopy(running, i + 1, running, i, runningCount - i - 1);
        running[--runningCount] = null;
        return;
      }
    }
    throw new IllegalStateException("not running: " + sequence);
  }

  /** Takes out every waiting sequence whose owner has left, oldest first. */
  void removeAbortedWaiting(Consumer<Sequence> receiver) {
    for (var each = waiting.iterator(); each.hasNext(); ) {
      Sequence sequence = each.next();
      if (sequence.ticket().abortRequested()) {
        each.remove();
        receiver.accept(sequence);
      }
    }
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  Sequence oldestWaiting() {
    return waiting.getFirst();
  }

  boolean hasFreePlace() {
    return runningCount < running.length;
  }

  int runningCount() {
    return runningCount;
  }

  /** Running sequence by age, 0 the oldest. */
  Sequence running(int index) {
    return running[index];
  }

  Sequence youngestRunning() {
    return running[runningCount - 1];
  }

  /** The oldest running sequence that must run alone, or {@link #NOBODY}. */
  int oldestSuspect() {
    for (int i = 0; i < runningCount; i++) {
      if (running[i].suspect()) {
        return i;
      }
    }
    return NOBODY;
  }

  boolean isEmpty() {
    return runningCount == 0 && waiting.isEmpty();
  }

  @Override
  public String toString() {
    return "running " + Arrays.toString(Arrays.copyOf(running, runningCount)) + " waiting "
        + waiting;
  }
}
