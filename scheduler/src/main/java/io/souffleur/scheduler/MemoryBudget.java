package io.souffleur.scheduler;

/**
 * What the machine or container offers, measured before weights are loaded.
 *
 * @param totalBytes all memory this process may ever use
 * @param availableBytes memory that is free or can be freed now
 * @param storeFreeBytes space where the cache files will lie (shared memory), {@link #UNBOUNDED} when
 *     the caches lie in the process itself
 */
public record MemoryBudget(long totalBytes, long availableBytes, long storeFreeBytes) {
  public static final long UNBOUNDED = Long.MAX_VALUE;
}
