package io.souffleur.models;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.kernels.KvView;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;

/**
 * What a model's layers keep per token and per sequence.
 *
 * @param attentionLayers layers with keys and values
 * @param kvDType element type of keys and values
 * @param slotBytes bytes of one recurrent-state slot over all recurrent layers, a multiple of 64
 */
public record CacheDemand(
    int attentionLayers, int kvHeads, int headDim, DType kvDType, long slotBytes) {
  /** Bytes of keys and values of one token over all layers. */
  public long kvBytesPerToken() {
    return attentionLayers * KvView.layerBytes(1, kvHeads, headDim, kvDType);
  }

  /** Bytes of one layer in one page, rounded up to the alignment of layers. */
  public long layerPageBytes(int pageTokens) {
    return align(KvView.layerBytes(pageTokens, kvHeads, headDim, kvDType));
  }

  public CacheLayout layout(int pageTokens) {
    return new CacheLayout(pageTokens, attentionLayers * layerPageBytes(pageTokens), slotBytes);
  }

  /** {@code bytes} rounded up to the next multiple of 64. */
  public static long align(long bytes) {
    return Math.addExact(bytes, Tensor.ALIGNMENT_BYTES - 1)
        / Tensor.ALIGNMENT_BYTES
        * Tensor.ALIGNMENT_BYTES;
  }
}
