package io.souffleur.contracts.memory;

/**
 * How much of each store a replica has.
 *
 * @param pages KV pages, numbered from 0
 * @param slots recurrent-state slots, numbered from 0; two per running sequence (one committed, one
 *     being written)
 */
public record CacheCapacity(int pages, int slots) {
  public CacheCapacity {
    if (pages < 1 || slots < 0) {
      throw new IllegalArgumentException(
          "cache capacity of " + pages + " pages, " + slots + " slots");
    }
  }
}
