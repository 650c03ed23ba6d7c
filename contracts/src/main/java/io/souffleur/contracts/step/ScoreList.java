package io.souffleur.contracts.step;

import java.util.Arrays;

/** Scored ids in the order in which they were found; grows to the largest step and stays. */
final class ScoreList {
  private static final int FIRST_ENTRIES = 32;

  private int[] runs = {};
  private int[] positions = {};
  private int[] tokens = {};
  private float[] logs = {};
  private int count;

  void clear() {
    count = 0;
  }

  void add(int run, int position, int token, float log) {
    if (count == runs.length) {
      int grown = Math.max(2 * count, FIRST_ENTRIES);
      runs = Arrays.copyOf(runs, grown);
      positions = Arrays.copyOf(positions, grown);
      tokens = Arrays.copyOf(tokens, grown);
      logs = Arrays.copyOf(logs, grown);
    }
    runs[count] = run;
    positions[count] = position;
    tokens[count] = token;
    logs[count++] = log;
  }

  int count() {
    return count;
  }

  int run(int index) {
    return runs[index];
  }

  int position(int index) {
    return positions[index];
  }

  int token(int index) {
    return tokens[index];
  }

  float log(int index) {
    return logs[index];
  }
}
