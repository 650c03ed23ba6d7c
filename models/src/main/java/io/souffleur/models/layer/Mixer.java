package io.souffleur.models.layer;

import io.souffleur.kernels.Runs;

/** The part of a layer that mixes tokens: adds its result for the normed rows to the residual stream. */
public sealed interface Mixer permits FullAttention, GatedDelta {
  /** hidden += mix(normed) for every row of {@code runs}; reads and writes the caches. */
  void mix(Runs runs);
}
