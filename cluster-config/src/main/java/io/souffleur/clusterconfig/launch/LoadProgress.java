package io.souffleur.clusterconfig.launch;

import io.souffleur.clusterconfig.doctor.Bytes;
import io.souffleur.models.Progress;
import java.io.PrintStream;
import java.util.Locale;

/**
 * The progress bar of loading: bytes, share, time left; redrawn on a terminal, a line per tenth elsewhere.
 *
 * <p>Used by the loading thread alone.
 */
final class LoadProgress implements Progress {
  private static final int BAR_CELLS = 30;
  private static final int PLAIN_LINES = 10;
  private static final long REDRAW_NANOS = 100_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private final long startNanos = System.nanoTime();
  private long drawnNanos = startNanos - REDRAW_NANOS;
  private int plainLines;
  private boolean drawn;

  LoadProgress(PrintStream err) {
    this.err = err;
    this.terminal = System.console() != null && System.console().isTerminal();
  }

  @Override
  public void onBytes(long doneBytes, long totalBytes) {
    double share = totalBytes == 0 ? 1 : (double) doneBytes / totalBytes;
    if (terminal) {
      redraw(doneBytes, totalBytes, share);
    } else if ((int) (share * PLAIN_LINES) > plainLines) {
      plainLines = (int) (share * PLAIN_LINES);
      err.println(text(doneBytes, totalBytes, share));
    }
  }

  private void redraw(long doneBytes, long totalBytes, double share) {
    long now = System.nanoTime();
    if (now - drawnNanos < REDRAW_NANOS && doneBytes < totalBytes) {
      return;
    }
    drawnNanos = now;
    int cells = (int) (share * BAR_CELLS);
    err.print("\r[" + "#".repeat(cells) + " ".repeat(BAR_CELLS - cells) + "] "
        + text(doneBytes, totalBytes, share) + "   ");
    err.flush();
    drawn = true;
  }

  private String text(long doneBytes, long totalBytes, double share) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    String left = share > 0 && share < 1
        ? String.format(Locale.ROOT, ", %.0f s left", seconds * (1 - share) / share)
        : "";
    return String.format(
        Locale.ROOT,
        "loading weights: %s of %s (%.0f %%)%s",
        Bytes.text(doneBytes),
        Bytes.text(totalBytes),
        share * 100,
        left);
  }

  /** Ends the bar's line. */
  void done() {
    if (drawn) {
      err.println();
    }
  }
}
