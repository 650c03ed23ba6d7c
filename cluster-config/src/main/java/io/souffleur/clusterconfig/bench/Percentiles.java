package io.souffleur.clusterconfig.bench;

import java.util.Arrays;

/** Mean, spread and exact percentiles of samples, all of which are kept. Immutable. */
final class Percentiles {
  private final double[] sorted;

  private Percentiles(double[] sorted) {
    this.sorted = sorted;
  }

  /** Takes a copy. */
  static Percentiles of(double[] samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return new Percentiles(sorted);
  }

  int count() {
    return sorted.length;
  }

  /**
   * The value below which {@code percent} of the samples lie, interpolated between the two nearest
   * ranks of {@code (n - 1) · percent / 100}; 0 without samples.
   */
  double at(double percent) {
    if (sorted.length == 0) {
      return 0;
    }
    double rank = (sorted.length - 1) * percent / 100;
    int below = (int) rank;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
  }

  double median() {
    return at(50);
  }

  /** 0 without samples. */
  double max() {
    return at(100);
  }

  /** 0 without samples. */
  double mean() {
    return Arrays.stream(sorted).average().orElse(0);
  }

  /** Of the population: the mean square is divided by n; 0 without samples. */
  double deviation() {
    double mean = mean();
    return Math.sqrt(
        Arrays.stream(sorted).map(x -> (x - mean) * (x - mean)).average().orElse(0));
  }
}
