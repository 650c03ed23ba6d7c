package io.souffleur.scheduler;

/** Which of the waiting requests is next, among those of one priority. */
public enum SchedulePolicy {
  /** First come, first served. */
  FCFS {
    @Override
    long key(int maxNewTokens, long arrival, long seed) {
      return 0;
    }
  },
  /** The longest answer first, by what the request allows. */
  LOF {
    @Override
    long key(int maxNewTokens, long arrival, long seed) {
      return -maxNewTokens;
    }
  },
  /**
   * The longest cached prefix first, by what the cache has now, and the older of two; first come, first
   * served while many wait.
   */
  LPM {
    @Override
    long key(int maxNewTokens, long arrival, long seed) {
      return 0;
    }
  },
  /** By lot: the seed and the number of the arrival decide, so a run can be repeated. */
  RANDOM {
    @Override
    long key(int maxNewTokens, long arrival, long seed) {
      long bits = seed + 0x9E3779B97F4A7C15L * (arrival + 1);
      bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
      bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
      return bits ^ (bits >>> 31);
    }
  },
  /** Priorities decide who is next, but never take a seat from anybody; equals in order of arrival. */
  PRIORITY {
    @Override
    long key(int maxNewTokens, long arrival, long seed) {
      return 0;
    }
  };

  /** Smaller is sooner; never changes while the request is inside. */
  abstract long key(int maxNewTokens, long arrival, long seed);
}
