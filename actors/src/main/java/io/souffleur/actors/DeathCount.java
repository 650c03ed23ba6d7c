package io.souffleur.actors;

import java.time.Duration;
import java.util.ArrayDeque;

/** Counts deaths in a sliding window. Owned by one actor; holds at most one more than its limit. */
final class DeathCount {
  private final int deathsMax;
  private final Duration window;
  private final ArrayDeque<Long> deathNanos = new ArrayDeque<>();

  DeathCount(int deathsMax, Duration window) {
    this.deathsMax = deathsMax;
    this.window = window;
  }

  /** Counts a death; true when it was one too many. */
  boolean exhausted(long nowNanos) {
    long horizon = nowNanos - window.toNanos();
    while (!deathNanos.isEmpty() && deathNanos.getFirst() - horizon < 0) {
      deathNanos.removeFirst();
    }
    deathNanos.addLast(nowNanos);
    return deathNanos.size() > deathsMax;
  }

  void clear() {
    deathNanos.clear();
  }
}
