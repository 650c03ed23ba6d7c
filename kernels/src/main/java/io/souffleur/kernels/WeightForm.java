package io.souffleur.kernels;

/** Number formats that packed weights of a {@link PackedLinear} are kept and multiplied in. */
public enum WeightForm {
  /** F32 weights, F32 activations, F32 accumulation. */
  F32,
  /** BF16 weights, activations rounded to BF16 (nearest even), F32 accumulation. */
  BF16
}
