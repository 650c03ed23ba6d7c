package io.souffleur.clusterconfig.conformance;

import io.souffleur.clusterconfig.conformance.Row.Verdict;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Prints rows as they come, in columns, and counts verdicts. */
final class ConformanceTable {
  private static final String FORMAT = "%-58s %10s %8s %10s  %s%s%n";

  private final PrintStream out;
  private final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);

  ConformanceTable(PrintStream out) {
    this.out = out;
  }

  void header() {
    out.printf(Locale.ROOT, FORMAT, "case", "error", "limit", "bf16 top-1", "verdict", "");
  }

  void row(Row row) {
    counts.merge(row.verdict(), 1, Integer::sum);
    boolean skipped = row.verdict() == Verdict.SKIPPED;
    out.printf(
        Locale.ROOT,
        FORMAT,
        row.name(),
        skipped ? "" : number(row.largestError()),
        skipped ? "" : number(row.limit()),
        row.bf16(),
        row.verdict().name().toLowerCase(Locale.ROOT),
        row.note().isEmpty() ? "" : ": " + row.note());
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.1e", value);
  }

  void summary() {
    out.printf(
        Locale.ROOT,
        "%d passed, %d failed, %d skipped%n",
        count(Verdict.PASSED),
        count(Verdict.FAILED),
        count(Verdict.SKIPPED));
  }

  int count(Verdict verdict) {
    return counts.getOrDefault(verdict, 0);
  }
}
