package io.souffleur.kernels.nativecpu;

import io.souffleur.kernels.KvView;
import io.souffleur.kernels.OperandChecks;
import io.souffleur.kernels.Runs;
import io.souffleur.tensor.Tensor;

/** Attention over paged keys and values; the arithmetic is described in {@code attention.h}. */
final class Attention {
  /** Widest head that a worker's scratch can hold. */
  static final int HEAD_DIM_MAX = 512;

  private static final int HEAD_DIM_GRAIN = 4;

  /** Query rows (token rows × heads) that share one block of keys. */
  private static final int QUERY_ROWS_MAX = 96;

  private final NativeCall call;
  private final int threads;

  Attention(NativeCall call, int threads) {
    this.call = call;
    this.threads = threads;
  }

  void inputs(
      Tensor projection,
      Tensor queryNorm,
      Tensor keyNorm,
      float eps,
      Tensor rotary,
      Runs runs,
      int heads,
      KvView kv,
      Tensor query) {
    int rows = runs.rows();
    int dim = checkedDim(kv, heads);
    int columns = kv.projectionColumns(projection, heads);
    long half = OperandChecks.columns(rotary) / 2;
    if (2 * half > dim) {
      throw new IllegalArgumentException("rotation of " + 2 * half + " columns of " + dim);
    }
    assert pagesFit(runs, kv);
    call.begin()
        .with(Operand.f32(projection, (long) rows * columns, "projection"))
        .with(Operand.f32(queryNorm, dim, "queryNorm"))
        .with(Operand.f32(keyNorm, dim, "keyNorm"))
        .with(Operand.f32(rotary, 2 * half * rows, "rotary"))
        .with(Operand.output(query, (long) rows * heads * dim, "query"))
        .with(runs.table().memory().address())
        .with(runs.pages().memory().address())
        .with(Operand.address(kv.pool(), "pool"))
        .with(runs.count())
        .with(heads)
        .with(kv.heads())
        .with(dim)
        .with(half)
        .with(columns)
        .with(kv.pageStrideBytes())
        .with(kv.layerOffsetBytes())
        .with(kv.pageTokens())
        .with(NativeKernels.elementType(kv.dtype()))
        .withReal(eps)
        .run(Operation.ATTENTION_INPUTS, rows, columns / 4);
  }

  void attend(Tensor query, Tensor projection, Runs runs, int heads, KvView kv, Tensor out) {
    int rows = runs.rows();
    int dim = checkedDim(kv, heads);
    int columns = kv.projectionColumns(projection, heads);
    int group = heads / kv.heads();
    assert pagesFit(runs, kv);
    // Heads of a group share a key block; with too few tasks they are dealt out one by one.
    int taskHeads = Math.min(group, QUERY_ROWS_MAX);
    while (group % taskHeads != 0) {
      taskHeads--;
    }
    long keys = 0;
    for (int run = 0; run < runs.count(); run++) {
      keys = Math.max(keys, runs.firstPosition(run) + runs.rowCount(run));
    }
    if (taskHeads > 1 && (long) rows * kv.heads() < threads) {
      taskHeads = 1;
    }
    int blockRows = QUERY_ROWS_MAX / taskHeads;
    long blocks = 0;
    for (int run = 0; run < runs.count(); run++) {
      blocks += (runs.rowCount(run) + blockRows - 1) / blockRows;
    }
    long taskRows = Math.min(blockRows, rows) * (long) taskHeads;
    call.begin()
        .with(Operand.f32(query, (long) rows * heads * dim, "query"))
        .with(Operand.f32(projection, (long) rows * columns, "projection"))
        .with(Operand.output(out, (long) rows * heads * dim, "out"))
        .with(runs.table().memory().address())
        .with(runs.pages().memory().address())
        .with(Operand.address(kv.pool(), "pool"))
        .with(runs.count())
        .with(heads)
        .with(kv.heads())
        .with(dim)
        .with(columns)
        .with(kv.pageStrideBytes())
        .with(kv.layerOffsetBytes())
        .with(kv.pageTokens())
        .with(NativeKernels.elementType(kv.dtype()))
        .with(blockRows)
        .with(taskHeads)
        .run(Operation.ATTENTION, blocks * (heads / taskHeads), keys * dim * (taskRows + 4) / 60);
  }

  /** Columns of one of {@code heads} heads that share {@code width} columns. */
  static int checkedDim(int width, int heads) {
    if (heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(width + " columns for " + heads + " heads");
    }
    return checkedDim(width / heads);
  }

  private static int checkedDim(int dim) {
    if (dim < HEAD_DIM_GRAIN || dim > HEAD_DIM_MAX || dim % HEAD_DIM_GRAIN != 0) {
      throw new IllegalArgumentException(
          "head dimension " + dim + "; multiples of 4 up to " + HEAD_DIM_MAX + " are allowed");
    }
    return dim;
  }

  private static int checkedDim(KvView kv, int heads) {
    int dim = checkedDim(kv.headDim());
    kv.requireHeads(heads);
    return dim;
  }

  /** Every page that the runs' positions reach lies in the pool; checked with assertions on. */
  private static boolean pagesFit(Runs runs, KvView kv) {
    long layer = KvView.layerBytes(kv.pageTokens(), kv.heads(), kv.headDim(), kv.dtype());
    for (int run = 0; run < runs.count(); run++) {
      int end = runs.firstPosition(run) + runs.rowCount(run);
      int pages = (end + kv.pageTokens() - 1) / kv.pageTokens();
      for (int i = 0; i < pages; i++) {
        long page = runs.pages().getInt(runs.firstPage(run) + i);
        long first = page * kv.pageStrideBytes() + kv.layerOffsetBytes();
        if (page < 0 || first + layer > kv.pool().byteSize()) {
          throw new IndexOutOfBoundsException(
              "page " + page + " of run " + run + " lies outside the pool");
        }
      }
    }
    return true;
  }
}
