package io.souffleur.benchmarks.kernels;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.Runs;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;

/** Attention of a chunk of rows after a context: 8 heads over 2, 256 columns, pages of 64. */
final class AttentionCase implements KernelCase {
  private static final int HEADS = 8;
  private static final int KV_HEADS = 2;
  private static final int DIM = 256;
  private static final int PAGE_TOKENS = 64;

  private final int sequences;
  private final int context;
  private final int rows;
  private final Runs runs;
  private final KvView kv;
  private final Tensor query;
  private final Tensor projection;
  private final Tensor out;

  AttentionCase(Arena arena, int sequences, int context, int rows) {
    this.sequences = sequences;
    this.context = context;
    this.rows = rows;
    int pages = (context + rows + PAGE_TOKENS - 1) / PAGE_TOKENS;
    long stride = KvView.layerBytes(PAGE_TOKENS, KV_HEADS, DIM, DType.BF16);
    kv = new KvView(
        arena.allocate(stride * pages * sequences, 64),
        stride,
        0,
        PAGE_TOKENS,
        KV_HEADS,
        DIM,
        DType.BF16);
    kv.pool().fill((byte) 0x3D);
    runs = new Runs(arena, sequences, pages * sequences);
    for (int s = 0; s < sequences; s++) {
      runs.addRun(rows, context, Runs.NO_SLOT, 0);
      for (int page = 0; page < pages; page++) {
        runs.addPage(s * pages + page);
      }
    }
    Random random = new Random(1);
    int columns = 2 * (HEADS + KV_HEADS) * DIM;
    query = Fill.gaussian(Tensor.allocate(arena, DType.F32, runs.rows(), HEADS * DIM), random);
    projection = Fill.gaussian(Tensor.allocate(arena, DType.F32, runs.rows(), columns), random);
    out = Tensor.allocate(arena, DType.F32, runs.rows(), HEADS * DIM);
  }

  @Override
  public String name() {
    return "attention " + sequences + " x " + rows + " rows after " + context;
  }

  @Override
  public double operations() {
    double keys = context + (rows + 1) / 2.0;
    return 4.0 * sequences * rows * keys * HEADS * DIM;
  }

  @Override
  public double bytes() {
    return kv.pool().byteSize();
  }

  @Override
  public void run(Kernels kernels) {
    kernels.attention(query, projection, runs, HEADS, kv, out);
  }
}
