package io.souffleur.kernels;

import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The operations a decoder step is made of, all under one law: within one kernel set, a row's result
 * does not depend on the number of rows, on the runs beside it, on chunk borders or on the number of
 * threads.
 *
 * <p>Tensors are F32 and row-major unless a method says otherwise; buffers may hold more rows than
 * {@code rows}, and only the first {@code rows} are touched. Outputs do not overlap inputs unless a
 * method says so. No method allocates Java heap in steady state. Every method runs to its end before
 * it returns and uses the provider's worker team inside. One instance is driven by one thread.
 */
public interface Kernels extends AutoCloseable {
  /**
   * Provider, instruction form and version: two instances with equal fingerprints give equal bits.
   * Part of the handshake between processes and of the key of packed weight files.
   */
  String fingerprint();

  /** Threads that work inside one call, the caller's included. */
  int threads();

  // ---- packing, at load time ----

  /** Bytes of the panels for a map of {@code outputs} × {@code inputs}; a multiple of 64. */
  long panelBytes(WeightForm form, int outputs, int inputs);

  /**
   * Packs weight matrices stacked by rows into {@code panels}.
   *
   * @param parts F32, BF16 or F16 matrices [n_i, inputs] as they lie in the file (F16 and F32 are
   *     rounded to nearest even for {@link WeightForm#BF16}; BF16 is widened exactly for F32)
   * @param slices 1 or {@link PackedLinear#rowParallelSlices}
   * @param panels {@link #panelBytes} bytes, 64-byte aligned, written completely
   */
  PackedLinear pack(List<Tensor> parts, WeightForm form, int slices, MemorySegment panels);

  // ---- one step ----

  /** out[r] = table[ids[r]]; table F32 or BF16 [vocab, n], ids I32 [rows], out [rows, n]. */
  void embed(Tensor table, Tensor ids, int rows, Tensor out);

  /**
   * out[r] = x[r] / sqrt(mean(x[r]²) + eps) · weight, the factor 1 + w already folded into
   * {@code weight} where the model asks for it. x, out [rows, n], weight [n].
   */
  void rmsNorm(Tensor x, Tensor weight, float eps, int rows, Tensor out);

  /** out = x · Wᵀ; x [rows, inputs], out [rows, outputs]. */
  void linear(Tensor x, PackedLinear weights, int rows, Tensor out);

  /** out += x · Wᵀ, the product rounded to F32 before it is added; shapes as {@link #linear}. */
  void linearAdd(Tensor x, PackedLinear weights, int rows, Tensor out);

  /** out[r, i] = silu(gateUp[r, i]) · gateUp[r, n + i]; gateUp [rows, 2n], out [rows, n]. */
  void siluMul(Tensor gateUp, int rows, Tensor out);

  /**
   * Cosines and sines of rotary angles: angle = position · inverseFrequency as an F32 product.
   *
   * <p>Positions follow from {@code runs}. inverseFrequencies [r2]; out [rows, 2·r2]: r2 cosines, then
   * r2 sines. Computed once per step and shared by all layers.
   */
  void rotary(Runs runs, Tensor inverseFrequencies, Tensor out);

  /** Fills out[i] = theta^(−2i / (2·n)) for i in [0, n), with the kernel set's own functions. */
  void inverseFrequencies(double theta, int n, Tensor out);

  /**
   * Splits the fused projection of an attention layer, norms and rotates queries and keys, and
   * writes keys and values of every row to their pages.
   *
   * <p>projection [rows, heads·2D + 2·kvHeads·D]: per query head D query then D gate values, then
   * keys, then values; or, for a layer without output gate, [rows, heads·D + 2·kvHeads·D]. The number of
   * columns says which. RMS norm over D of every query and key head with {@code queryNorm} and
   * {@code keyNorm} [D] (1 + w folded where the model asks for it), then rotation of the first 2·r2 columns, pairing j with
   * j + r2; {@code rotary} as from {@link #rotary}. Writes query [rows, heads·D]. Values are not normed.
   * Keys and values are rounded to the cache's dtype.
   */
  void attentionInputs(
      Tensor projection,
      Tensor queryNorm,
      Tensor keyNorm,
      float eps,
      Tensor rotary,
      Runs runs,
      int heads,
      KvView kv,
      Tensor query);

  /**
   * Causal attention of every row over all keys and values of its sequence up to its own position,
   * read back from the pages, times the output gate: out = softmax(q·kᵀ/√D)·v ∘ σ(gate). Without
   * gates in {@code projection} the factor is left out.
   *
   * <p>query, out [rows, heads·D]; gate is read from {@code projection} (see {@link #attentionInputs}).
   * Keys are taken in blocks of 64 on the absolute position grid; blocks merge in ascending order, so
   * page size and chunk borders change no bit.
   */
  void attention(Tensor query, Tensor projection, Runs runs, int heads, KvView kv, Tensor out);

  /**
   * Causal depth-wise convolution and silu over the q, k, v columns of a fused projection.
   *
   * <p>projection [rows, shape.projectionColumns()], weight [channels, convWidth], windows: per slot
   * [channels, convWidth − 1] pre-convolution values, oldest first. Reads the run's read slot (zeros
   * for {@link Runs#NO_SLOT}), writes its write slot and the slots of its marks. out [rows, channels].
   */
  void causalConv(
      Tensor projection, Tensor weight, DeltaShape shape, Runs runs, StateView windows, Tensor out);

  /**
   * The gated delta rule as the exact recurrence, token by token, for every run.
   *
   * <p>Per row and value head: q and k of the head from {@code conv} divided by sqrt(Σ²+1e-6), q times
   * keyDim^-½; β = σ(b); g = −exp(aLog)·softplus(a + dtBias), b and a from {@code projection}; then
   * S ← e^g·S; S ← S + k (β(v − Sᵀk))ᵀ; out = Sᵀq. conv [rows, channels], aLog, dtBias [valueHeads],
   * states: per slot [valueHeads, keyDim, valueDim]; out [rows, valueHeads·valueDim]. Accumulates in F32.
   * A mark stores the state on the way, which changes nothing else.
   */
  void gatedDelta(
      Tensor conv,
      Tensor projection,
      Tensor aLog,
      Tensor dtBias,
      DeltaShape shape,
      Runs runs,
      StateView states,
      Tensor out);

  /**
   * Per row and value head: x / sqrt(mean(x²) + eps) · weight · silu(z). x, out [rows, valueHeads·valueDim]
   * (may be the same tensor), weight [valueDim], z from {@code projection}.
   */
  void gatedNorm(
      Tensor x,
      Tensor projection,
      Tensor weight,
      float eps,
      DeltaShape shape,
      int rows,
      Tensor out);

  /** out[i] = x[rowIndex[i]] for i in [0, count); rowIndex I32; x, out [·, n]. */
  void selectRows(Tensor x, Tensor rowIndex, int count, Tensor out);

  /**
   * Draws one token per logit row.
   *
   * <p>logits [rows, vocab], overwritten; params as {@link SamplingTable}; tokens I32 [rows]. Greedy takes the
   * largest logit, ties go to the smaller id. Otherwise logits / temperature, top-k, top-p, min-p (in this
   * order, as probabilities of the full softmax renormalised), and one draw of a counter-based generator
   * keyed by (seed, choice, position). A row with NaN or +infinity gives {@link #NOT_A_NUMBER}.
   *
   * <p>Rules of a row change its logits first: frequency and presence penalties of the output in the order
   * of the history, then the repetition penalty of everything in it, then the edits. A row that asks for
   * scores gets the log-probabilities of the drawn and of the likeliest tokens, of the softmax over all
   * logits as the rules left them, divided by the temperature (by 1 when greedy); and of further ids. A
   * row that is given a token reports that token, and its score, as if it had been drawn.
   */
  void sample(Tensor logits, int vocab, SamplingTable params, int rows, Tensor tokens);

  /** The operations of a vision tower, on the same team. */
  VisionKernels vision();

  /** Token number that reports a logit row with NaN or +infinity. */
  int NOT_A_NUMBER = -1;

  /** Ends the worker team. */
  @Override
  void close();
}
