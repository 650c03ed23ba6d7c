package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Attention, with or without output gates, over pages that are dealt out in scrambled order and filled with NaN before use. */
final class AttentionHarness extends LayerHarness {
  private final int heads;
  private final KvView kv;
  private final int[][] pages;
  private final Tensor queryNorm;
  private final Tensor keyNorm;
  private final Tensor frequencies;

  AttentionHarness(
      Arena arena,
      int sequences,
      int tokens,
      int heads,
      int kvHeads,
      int dim,
      boolean gated,
      int pageTokens,
      DType dtype) {
    super(arena, sequences, tokens, ((gated ? 2 : 1) * heads + 2 * kvHeads) * dim, heads * dim);
    this.heads = heads;
    int perSequence = (tokens + pageTokens - 1) / pageTokens;
    long offset = 64;
    long stride = (offset + KvView.layerBytes(pageTokens, kvHeads, dim, dtype) + 63) / 64 * 64;
    MemorySegment pool = arena.allocate(stride * sequences * perSequence, 64);
    kv = new KvView(pool, stride, offset, pageTokens, kvHeads, dim, dtype);
    pages = new int[sequences][perSequence];
    int count = sequences * perSequence;
    for (int i = 0; i < count; i++) {
      pages[i % sequences][i / sequences] = count - 1 - i;
    }
    Random random = new Random(KernelSets.SEED + 1);
    queryNorm = KernelSets.random(arena, random, 1f, dim);
    keyNorm = KernelSets.random(arena, random, 1f, dim);
    int half = gated ? Math.max(1, dim / 8) : dim / 2;
    frequencies = Tensor.allocate(arena, DType.F32, half);
    for (int i = 0; i < half; i++) {
      frequencies.setFloat(i, (float) Math.pow(10_000, -(double) i / half));
    }
  }

  @Override
  void reset() {
    // All bits set is NaN in F32 and BF16: a masked row that is multiplied shows.
    kv.pool().fill((byte) 0xFF);
  }

  @Override
  void addRun(Runs runs, Part part, int firstPosition) {
    runs.addRun(part.rows(), firstPosition, Runs.NO_SLOT, 0);
    int end = firstPosition + part.rows();
    for (int i = 0; i < (end + kv.pageTokens() - 1) / kv.pageTokens(); i++) {
      runs.addPage(pages[part.sequence()][i]);
    }
  }

  @Override
  void forward(Kernels kernels, Runs runs, Tensor projection, Tensor out) {
    try (Arena step = Arena.ofConfined()) {
      Tensor rotary = Tensor.allocate(step, DType.F32, runs.rows(), 2 * frequencies.elements());
      Tensor query = Tensor.allocate(step, DType.F32, runs.rows(), outputs);
      kernels.rotary(runs, frequencies, rotary);
      kernels.attentionInputs(
          projection, queryNorm, keyNorm, 1e-6f, rotary, runs, heads, kv, query);
      kernels.attention(query, projection, runs, heads, kv, out);
    }
  }
}
