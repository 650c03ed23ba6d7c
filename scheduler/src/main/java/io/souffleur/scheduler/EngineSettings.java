package io.souffleur.scheduler;

import com.typesafe.config.Config;

/**
 * Limits of one engine, resolved: no value is left to be guessed.
 *
 * @param contextLength most tokens of prompt and answer together
 * @param maxRunningRequests sequences that are computed together; one seat each
 * @param chunkedPrefillSize prompt rows computed in one step; 0 or less: prompts are not cut,
 *     unless they are longer than {@link #UNCHUNKED_ROWS_MAX}
 * @param maxQueuedRequests accepted requests that wait for their first step
 * @param maxQueuedTokens tokens of those requests' prompts together
 * @param scheduling order of service, and memory kept for answers
 * @param cache what is kept of sequences for others
 */
public record EngineSettings(
    int contextLength,
    int maxRunningRequests,
    int chunkedPrefillSize,
    int maxQueuedRequests,
    long maxQueuedTokens,
    SchedulingSettings scheduling,
    CacheSettings cache) {
  /** Seats are numbered in tables that are taken at start. */
  public static final int RUNNING_REQUESTS_LIMIT = 65_536;

  /** The inbox takes its queue at start. */
  public static final int QUEUED_REQUESTS_LIMIT = 1 << 20;

  /** Longest prompt that is computed in one step without chunking: ranks take buffers for it. */
  public static final int UNCHUNKED_ROWS_MAX = 8_192;

  public EngineSettings {
    check(contextLength >= 2, "context-length", contextLength, "at least 2");
    check(
        maxRunningRequests >= 1 && maxRunningRequests <= RUNNING_REQUESTS_LIMIT,
        "max-running-requests",
        maxRunningRequests,
        "between 1 and " + RUNNING_REQUESTS_LIMIT);
    check(
        maxQueuedRequests >= 1 && maxQueuedRequests <= QUEUED_REQUESTS_LIMIT,
        "max-queued-requests",
        maxQueuedRequests,
        "between 1 and " + QUEUED_REQUESTS_LIMIT);
    check(maxQueuedTokens >= 1, "max-queued-tokens", maxQueuedTokens, "at least 1");
  }

  /** Nothing is kept for others. */
  public EngineSettings(
      int contextLength,
      int maxRunningRequests,
      int chunkedPrefillSize,
      int maxQueuedRequests,
      long maxQueuedTokens,
      SchedulingSettings scheduling) {
    this(
        contextLength,
        maxRunningRequests,
        chunkedPrefillSize,
        maxQueuedRequests,
        maxQueuedTokens,
        scheduling,
        CacheSettings.OFF);
  }

  /** First come, first served, with the usual estimate of answers; nothing is kept for others. */
  public EngineSettings(
      int contextLength,
      int maxRunningRequests,
      int chunkedPrefillSize,
      int maxQueuedRequests,
      long maxQueuedTokens) {
    this(
        contextLength,
        maxRunningRequests,
        chunkedPrefillSize,
        maxQueuedRequests,
        maxQueuedTokens,
        SchedulingSettings.DEFAULT);
  }

  private static void check(boolean valid, String name, long value, String allowed) {
    if (!valid) {
      throw new IllegalArgumentException(name + " must be " + allowed + ", got " + value);
    }
  }

  /**
   * @param config the section {@code io.souffleur.scheduler}
   * @param contextLength as the model or the command line says
   * @param maxRunningRequests as the memory plan says
   */
  public static EngineSettings from(Config config, int contextLength, int maxRunningRequests) {
    return new EngineSettings(
        contextLength,
        maxRunningRequests,
        config.getInt("chunked-prefill-size"),
        config.getInt("max-queued-requests"),
        config.getLong("max-queued-tokens"));
  }

  /** The same with another cache. */
  public EngineSettings cache(CacheSettings other) {
    return new EngineSettings(
        contextLength,
        maxRunningRequests,
        chunkedPrefillSize,
        maxQueuedRequests,
        maxQueuedTokens,
        scheduling,
        other);
  }

  /** Whether a prompt may be spread over steps. */
  public boolean chunked() {
    return chunkedPrefillSize > 0;
  }

  /** Most prompt rows of one step. */
  public int prefillRowsMax() {
    if (chunked()) {
      return Math.min(contextLength, chunkedPrefillSize);
    }
    long asked = Math.max(scheduling.maxPrefillTokens(), contextLength);
    long everybody = (long) maxRunningRequests * contextLength;
    return (int) Math.min(UNCHUNKED_ROWS_MAX, Math.min(asked, everybody));
  }

  /** Most rows of one step, decode and prefill together: ranks take their buffers for this many. */
  public int stepRowsMax() {
    return Math.addExact(maxRunningRequests, prefillRowsMax());
  }
}
