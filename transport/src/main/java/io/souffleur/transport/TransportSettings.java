package io.souffleur.transport;

/**
 * Sizes and patience of the transport.
 *
 * @param planTermBytes term buffer of a plan stream, a power of two; three are mapped per stream, and
 *     the largest plan is an eighth of it
 * @param resultTermBytes the same for a result stream
 * @param inlineBytesMax messages up to this size are written in place into the log; larger ones are
 *     encoded aside and cut into fragments
 * @param livenessNanos how long a silent client keeps its place at the driver; bounds nothing that
 *     recovery waits for, because a replaced rank gets new streams
 */
public record TransportSettings(
    int planTermBytes, int resultTermBytes, int inlineBytesMax, long livenessNanos) {
  /** Largest payload that Aeron writes as one frame at {@link #MTU_BYTES}. */
  public static final int INLINE_LIMIT_BYTES = 65_472;

  /** Largest frame that Aeron allows. */
  public static final int MTU_BYTES = 65_504;

  /** An eighth of a term must hold a whole frame. */
  private static final int TERM_BYTES_MIN = 512 * 1024;

  private static final int TERM_BYTES_MAX = 128 * 1024 * 1024;

  /** Tokens under penalties that a repeated step has room for; beyond it the replica is rebuilt. */
  private static final long HISTORY_MAX = 1 << 21;

  /** Plans up to 1 MiB (about 250,000 prompt tokens in one step), results up to 64 KiB. */
  public static final TransportSettings DEFAULT =
      new TransportSettings(8 << 20, 512 << 10, 16 << 10, 20_000_000_000L);

  public TransportSettings {
    requireTerm("planTermBytes", planTermBytes);
    requireTerm("resultTermBytes", resultTermBytes);
    if (inlineBytesMax < 256 || inlineBytesMax > INLINE_LIMIT_BYTES) {
      throw new IllegalArgumentException(
          "inlineBytesMax must be from 256 to " + INLINE_LIMIT_BYTES + " B, got " + inlineBytesMax);
    }
    if (livenessNanos < 1_000_000_000L) {
      throw new IllegalArgumentException(
          "livenessNanos must be at least one second, got " + livenessNanos);
    }
  }

  /**
   * {@link #DEFAULT} with plan streams just large enough for the largest plan of an engine: a repeated
   * step, which names every page of every sequence again, and the tokens that penalties look at. The stream
   * of results grows with the seats, whose tokens may all be scored.
   *
   * @param rowsMax rows of a step
   * @param seatsMax sequences on a seat
   * @param pages page numbers of all of them together; a shared page counts for each
   * @param historyTokens tokens of all of them together, should penalties look at them all
   * @throws IllegalArgumentException when no stream is large enough
   */
  public static TransportSettings fitting(
      int rowsMax, int seatsMax, int pages, long historyTokens) {
    long needed =
        PlanCodec.bytesMax(rowsMax, seatsMax, pages, Math.min(HISTORY_MAX, historyTokens));
    long term = termFor(needed, TERM_BYTES_MIN);
    if (term > TERM_BYTES_MAX) {
      throw new IllegalArgumentException("a step of " + rowsMax + " rows, " + seatsMax
          + " sequences and " + pages + " pages needs a plan of " + needed
          + " B; larger pages or smaller chunks make it shorter");
    }
    long results = termFor(ResultCodec.bytesMax(seatsMax), DEFAULT.resultTermBytes);
    return new TransportSettings(
        (int) term,
        (int) Math.min(results, TERM_BYTES_MAX),
        DEFAULT.inlineBytesMax,
        DEFAULT.livenessNanos);
  }

  private static long termFor(long messageBytes, long least) {
    long term = least;
    while (term / 8 < messageBytes) {
      term *= 2;
    }
    return term;
  }

  private static void requireTerm(String name, int bytes) {
    if (bytes < TERM_BYTES_MIN || bytes > TERM_BYTES_MAX || Integer.bitCount(bytes) != 1) {
      throw new IllegalArgumentException(name + " must be a power of two from " + TERM_BYTES_MIN
          + " to " + TERM_BYTES_MAX + " B, got " + bytes);
    }
  }

  /**
   * Most bytes of log files: three terms of a stream each way, twice, because streams of a replaced
   * rank go only some time after the new ones came.
   */
  public long logBytes() {
    return 2 * 3 * ((long) planTermBytes + resultTermBytes);
  }

  /** Largest plan that a channel takes, in bytes. */
  public int planBytesMax() {
    return planTermBytes / 8;
  }

  /** Largest result that a channel takes, in bytes. */
  public int resultBytesMax() {
    return resultTermBytes / 8;
  }
}
