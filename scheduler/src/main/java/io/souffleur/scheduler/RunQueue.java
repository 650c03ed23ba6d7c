package io.souffleur.scheduler;

import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Sequences that wait for a seat and sequences that have one, both in the order of service.
 *
 * <p>The order never changes for a sequence, so a preempted one goes back to where it belongs. Owned by
 * the engine loop.
 */
final class RunQueue {
  static final int NOBODY = -1;

  private final TreeSet<Sequence> waiting = new TreeSet<>(Comparator.comparing(Sequence::standing));
  private final Sequence[] running;
  private int runningCount;

  RunQueue(int runningMax) {
    running = new Sequence[runningMax];
  }

  void arrive(Sequence sequence) {
    waiting.add(sequence);
  }

  /** A waiting sequence takes a place among the running ones. */
  void start(Sequence sequence) {
    removeWaiting(sequence);
    int place = runningCount;
    while (place > 0 && sequence.standing().compareTo(running[place - 1].standing()) < 0) {
      running[place] = running[place - 1];
      place--;
    }
    running[place] = sequence;
    runningCount++;
  }

  void removeWaiting(Sequence sequence) {
    if (!waiting.remove(sequence)) {
      throw new IllegalStateException("not waiting: " + sequence);
    }
  }

  /** Sends this running sequence back to wait. */
  void sendBack(Sequence sequence) {
    removeRunning(sequence);
    waiting.add(sequence);
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

  /** Takes out every waiting sequence whose owner has left or whose place was taken, in order. */
  void removeUnwanted(Consumer<Sequence> receiver) {
    for (var each = waiting.iterator(); each.hasNext(); ) {
      Sequence sequence = each.next();
      if (sequence.ticket().unwanted()) {
        each.remove();
        receiver.accept(sequence);
      }
    }
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  int waitingCount() {
    return waiting.size();
  }

  /** Waiting sequences in the order of service; changes with the queue. */
  Iterable<Sequence> waiting() {
    return waiting;
  }

  /** Waiting sequence by order of service, 0 the first. */
  Sequence waiting(int place) {
    var each = waiting.iterator();
    for (int i = 0; i < place; i++) {
      each.next();
    }
    return each.next();
  }

  Sequence firstWaiting() {
    return waiting.first();
  }

  boolean hasFreePlace() {
    return runningCount < running.length;
  }

  int runningCount() {
    return runningCount;
  }

  /** Running sequence by order of service, 0 the first. */
  Sequence running(int index) {
    return running[index];
  }

  Sequence lastRunning() {
    return running[runningCount - 1];
  }

  /** The running sequence that gives way first. */
  Sequence firstToGo(RetractionPolicy policy) {
    Sequence first = running[0];
    for (int i = 1; i < runningCount; i++) {
      first = policy.sooner(running[i], first) ? running[i] : first;
    }
    return first;
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
