package io.souffleur.kernels;

import io.souffleur.tensor.Tensor;

/**
 * The operations that only a vision tower needs, beside products and selections of {@link Kernels}.
 *
 * <p>The law and the rules of {@link Kernels} hold: a row's result depends on nothing but the row and its
 * span, so an image's features do not depend on what else is encoded.
 */
public interface VisionKernels {
  /** GELU in its two published forms. */
  enum Gelu {
    /** 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))). */
    TANH,
    /** 0.5 x (1 + erf(x / √2)). */
    ERF
  }

  /**
   * out = level · scale[channel] + offset[channel]; levels U8 [rows, channels · plane], scale and offset
   * [channels], out F32 of the same shape.
   */
  void normalise(Tensor levels, Tensor scale, Tensor offset, int rows, Tensor out);

  /** x[r] += table[index[r]]; x [rows, n], table F32 [·, n], index I32 [rows]. */
  void addRows(Tensor x, Tensor table, Tensor index, int rows);

  /** x[r] += bias; x [rows, n], bias [n]. */
  void addBias(Tensor x, Tensor bias, int rows);

  /** out[r] = (x[r] − mean) / √(variance + eps) · weight + bias, variance over n; out may be x. */
  void layerNorm(Tensor x, Tensor weight, Tensor bias, float eps, int rows, Tensor out);

  /** x = gelu(x + bias) in place; x [rows, n], bias [n]. */
  void gelu(Tensor x, Tensor bias, Gelu form, int rows);

  /** out[r] = mean of x[r · group], …, x[r · group + group − 1]; out [rows, n]. */
  void meanRows(Tensor x, int group, int rows, Tensor out);

  /**
   * Attention of every row to all rows of its own span: softmax(q·kᵀ/√D)·v per head.
   *
   * @param qkv [rows, 3 · heads · D]: queries, keys, values
   * @param spans I32 [·, 2]: first row and number of rows of each span; rows outside spans are not written
   * @param spanCount spans that count
   * @param out [rows, heads · D]
   */
  void spanAttention(Tensor qkv, Tensor spans, int spanCount, int heads, Tensor out);
}
