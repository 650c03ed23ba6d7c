package io.souffleur.models;

import io.souffleur.tensor.Tensor;

/** Hears the hidden states of a forward pass; off by default, for conformance and tests. */
@FunctionalInterface
public interface HiddenTap {
  /** Layer number of the embedding's output. */
  int EMBEDDING = -1;

  /** Hears nothing. */
  HiddenTap OFF = (layer, hidden, rows) -> {};

  /**
   * @param layer {@link #EMBEDDING}, 0 … layers − 1 for a layer's output, layers for the final norm
   *     (of the logit rows only)
   * @param hidden F32 [·, hiddenSize], of which the first {@code rows} rows are of this step; valid
   *     during the call
   */
  void onHidden(int layer, Tensor hidden, int rows);
}
