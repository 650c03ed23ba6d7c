package io.souffleur.kernels.nativecpu;

/** Operation numbers of the native entry; the order is that of the enum in {@code kernels.c}. */
enum Operation {
  PACK,
  EMBED,
  RMS_NORM,
  ROUND,
  LINEAR,
  SILU_MUL,
  ROTARY,
  FREQUENCIES,
  ATTENTION_INPUTS,
  ATTENTION,
  CAUSAL_CONV,
  CONV_WINDOW,
  DELTA_PREPARE,
  DELTA,
  GATED_NORM,
  SELECT_ROWS,
  SAMPLE,
  LEVELS,
  ADD_ROWS,
  LAYER_NORM,
  GELU,
  MEAN_ROWS,
  SPAN_ATTENTION
}
