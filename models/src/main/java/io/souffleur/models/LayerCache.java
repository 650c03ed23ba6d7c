package io.souffleur.models;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.StateView;

/** Where one layer keeps what it remembers of a sequence. */
public sealed interface LayerCache {
  /** Keys and values of an attention layer, by page. */
  record Paged(KvView kv) implements LayerCache {}

  /** Convolution window and state of a gated delta layer, by slot. */
  record Recurrent(DeltaShape shape, StateView windows, StateView states) implements LayerCache {}
}
