package io.souffleur.clusterconfig.bench;

import java.io.PrintStream;
import java.util.Locale;

/**
 * One line that shows how far a known number of pieces has come: redrawn on a terminal, a line per
 * tenth elsewhere. Safe for use by any number of threads.
 */
final class ProgressBar implements AutoCloseable {
  private static final int BAR_CELLS = 30;
  private static final int PLAIN_LINES = 10;
  private static final long REDRAW_NANOS = 100_000_000L;

  private final String label;
  private final int total;
  private final PrintStream err;
  private final boolean terminal = System.console() != null && System.console().isTerminal();
  private final long startNanos = System.nanoTime();
  private long drawnNanos = startNanos - REDRAW_NANOS;
  private int done;
  private int failed;
  private int plainLines;

  ProgressBar(String label, int total, PrintStream err) {
    this.label = label;
    this.total = total;
    this.err = err;
  }

  /** One piece more is done. */
  synchronized void advance() {
    done++;
    show();
  }

  /** One piece more is done, well or not. */
  synchronized void onOutcome(boolean succeeded) {
    failed += succeeded ? 0 : 1;
    advance();
  }

  private void show() {
    if (terminal) {
      long now = System.nanoTime();
      if (now - drawnNanos >= REDRAW_NANOS || done == total) {
        drawnNanos = now;
        int cells = (int) ((long) done * BAR_CELLS / total);
        err.print(
            "\r[" + "#".repeat(cells) + " ".repeat(BAR_CELLS - cells) + "] " + text() + "   ");
        err.flush();
      }
    } else if (total >= PLAIN_LINES && done * PLAIN_LINES / total > plainLines) {
      plainLines = done * PLAIN_LINES / total;
      err.println(text());
    }
  }

  private String text() {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    String errors = failed == 0 ? "" : ", " + failed + (failed == 1 ? " error" : " errors");
    String left = done < total
        ? String.format(Locale.ROOT, ", %.0f s left", seconds * (total - done) / done)
        : "";
    return String.format(
        Locale.ROOT, "%s: %d of %d%s, %.0f s%s", label, done, total, errors, seconds, left);
  }

  /** Ends the line. */
  @Override
  public synchronized void close() {
    if (terminal && done > 0) {
      err.println();
    }
  }
}
