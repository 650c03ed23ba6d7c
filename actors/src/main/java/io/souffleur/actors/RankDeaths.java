package io.souffleur.actors;

import java.time.Duration;

/**
 * Decides how often a rank may die: counts self-inflicted deaths in a sliding window and spaces starts that
 * never got ready. Owned by one actor.
 */
final class RankDeaths {
  private final ActorsSettings.Rank settings;
  private final DeathCount selfInflictedDeaths;
  private Duration nextPause;

  RankDeaths(ActorsSettings.Rank settings) {
    this.settings = settings;
    this.selfInflictedDeaths = new DeathCount(settings.deathsMax(), settings.deathsWindow());
    this.nextPause = settings.backoffMin();
  }

  /** Counts a death; true when it was one too many. */
  boolean exhausted(boolean selfInflicted, long nowNanos) {
    return selfInflicted && selfInflictedDeaths.exhausted(nowNanos);
  }

  /** Forgets the deaths so far: something else than the rank was to blame. */
  void forgive() {
    selfInflictedDeaths.clear();
  }

  /** The pause before the next start: none after a rank that had been ready. */
  Duration pause(boolean hadBeenReady) {
    if (hadBeenReady) {
      nextPause = settings.backoffMin();
      return Duration.ZERO;
    }
    Duration pause = nextPause;
    Duration doubled = pause.multipliedBy(2);
    nextPause = doubled.compareTo(settings.backoffMax()) > 0 ? settings.backoffMax() : doubled;
    return pause;
  }
}
