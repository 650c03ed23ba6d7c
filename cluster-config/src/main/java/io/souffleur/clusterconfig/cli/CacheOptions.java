package io.souffleur.clusterconfig.cli;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the prefix cache is asked for.
 *
 * @param prefixes whether what requests compute is kept for others
 * @param inPlace one state slot for a running request instead of two: a step that was interrupted
 *     cannot run again on the state it spoilt, so recovery goes back to the last kept one
 * @param stateSlots state slots in all, of running requests and of kept prefixes; empty: as the ratio
 *     says
 * @param stateRatio memory of states to memory of keys and values
 * @param trackTokens tokens between two states that are kept on the way
 * @param tier what is kept below it, if anything is
 */
public record CacheOptions(
    boolean prefixes,
    boolean inPlace,
    OptionalInt stateSlots,
    double stateRatio,
    int trackTokens,
    Optional<TierOptions> tier) {
  /** Without a tier. */
  public CacheOptions(
      boolean prefixes,
      boolean inPlace,
      OptionalInt stateSlots,
      double stateRatio,
      int trackTokens) {
    this(prefixes, inPlace, stateSlots, stateRatio, trackTokens, Optional.empty());
  }
}
