package io.souffleur.kernels.reference;

import io.souffleur.kernels.KvView;
import io.souffleur.kernels.OperandChecks;
import io.souffleur.kernels.Runs;
import io.souffleur.tensor.Tensor;
import java.util.Arrays;

/** Causal attention over pages, one row and head at a time. */
final class AttentionLoops {
  /** Keys per block, on the absolute position grid. */
  private static final int BLOCK_KEYS = 64;

  private float[] head = new float[0];
  private float[] sums = new float[0];
  private float[] blockSums = new float[0];
  private final float[] weights = new float[BLOCK_KEYS];

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
    int dim = kv.headDim();
    long columns = kv.projectionColumns(projection, heads);
    long stride = kv.queryStride(projection, heads);
    kv.requireHeads(heads);
    OperandChecks.f32(projection, columns * runs.rows(), "projection");
    OperandChecks.f32(queryNorm, dim, "queryNorm");
    OperandChecks.f32(keyNorm, dim, "keyNorm");
    OperandChecks.f32(rotary, (long) OperandChecks.columns(rotary) * runs.rows(), "rotary");
    OperandChecks.output(query, (long) heads * dim * runs.rows(), "query");
    reserve(dim);
    for (int run = 0; run < runs.count(); run++) {
      for (int t = 0; t < runs.rowCount(run); t++) {
        long row = runs.firstRow(run) + t;
        long projected = row * columns;
        for (int h = 0; h < heads; h++) {
          normAndRotate(projection, projected + stride * h, queryNorm, eps, rotary, row, dim);
          for (int d = 0; d < dim; d++) {
            query.setFloat((row * heads + h) * dim + d, head[d]);
          }
        }
        int position = runs.firstPosition(run) + t;
        for (int h = 0; h < kv.heads(); h++) {
          long key = projected + stride * heads + (long) h * dim;
          normAndRotate(projection, key, keyNorm, eps, rotary, row, dim);
          writeHead(kv, element(kv, runs, run, position, 0, h));
          long value = key + (long) kv.heads() * dim;
          for (int d = 0; d < dim; d++) {
            head[d] = projection.getFloat(value + d);
          }
          writeHead(kv, element(kv, runs, run, position, 1, h));
        }
      }
    }
  }

  void attend(Tensor query, Tensor projection, Runs runs, int heads, KvView kv, Tensor out) {
    int dim = kv.headDim();
    long columns = kv.projectionColumns(projection, heads);
    long stride = kv.queryStride(projection, heads);
    kv.requireHeads(heads);
    OperandChecks.f32(query, (long) heads * dim * runs.rows(), "query");
    OperandChecks.f32(projection, columns * runs.rows(), "projection");
    OperandChecks.output(out, (long) heads * dim * runs.rows(), "out");
    reserve(dim);
    for (int run = 0; run < runs.count(); run++) {
      for (int t = 0; t < runs.rowCount(run); t++) {
        long row = runs.firstRow(run) + t;
        for (int h = 0; h < heads; h++) {
          long first = (row * heads + h) * dim;
          attendHead(
              query, first, runs, run, runs.firstPosition(run) + t, h / (heads / kv.heads()), kv);
          for (int d = 0; d < dim; d++) {
            float gate = stride == dim
                ? 1f
                : Numbers.sigmoid(projection.getFloat(row * columns + stride * h + dim + d));
            out.setFloat(first + d, sums[d] * gate);
          }
        }
      }
    }
  }

  /** Leaves softmax(q·kᵀ/√D)·v of one head in {@code sums}. */
  private void attendHead(
      Tensor query, long first, Runs runs, int run, int position, int kvHead, KvView kv) {
    int dim = kv.headDim();
    for (int d = 0; d < dim; d++) {
      head[d] = query.getFloat(first + d);
      sums[d] = 0f;
    }
    float scale = (float) (1.0 / Math.sqrt(dim));
    float max = Float.NEGATIVE_INFINITY;
    float total = 0f;
    for (int begin = 0; begin <= position; begin += BLOCK_KEYS) {
      int count = Math.min(BLOCK_KEYS, position + 1 - begin);
      float blockMax = blockScores(runs, run, begin, count, kvHead, kv, scale);
      float blockTotal = blockValues(runs, run, begin, count, kvHead, kv, blockMax);
      float newMax = Math.max(max, blockMax);
      float keep = Numbers.exp(max - newMax);
      float take = Numbers.exp(blockMax - newMax);
      total = total * keep + blockTotal * take;
      for (int d = 0; d < dim; d++) {
        sums[d] = sums[d] * keep + blockSums[d] * take;
      }
      max = newMax;
    }
    for (int d = 0; d < dim; d++) {
      sums[d] /= total;
    }
  }

  /** Fills {@code weights} with scaled scores of a block and returns their maximum. */
  private float blockScores(
      Runs runs, int run, int begin, int count, int kvHead, KvView kv, float scale) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < count; j++) {
      long key = element(kv, runs, run, begin + j, 0, kvHead);
      float dot = 0f;
      for (int d = 0; d < kv.headDim(); d++) {
        dot += head[d] * Numbers.read(kv.pool(), kv.dtype(), key + d);
      }
      weights[j] = dot * scale;
      max = Math.max(max, weights[j]);
    }
    return max;
  }

  /** Turns scores into exponentials, leaves their weighted values in {@code blockSums}, returns their sum. */
  private float blockValues(
      Runs runs, int run, int begin, int count, int kvHead, KvView kv, float max) {
    Arrays.fill(blockSums, 0, kv.headDim(), 0f);
    float total = 0f;
    for (int j = 0; j < count; j++) {
      float weight = Numbers.exp(weights[j] - max);
      long value = element(kv, runs, run, begin + j, 1, kvHead);
      total += weight;
      for (int d = 0; d < kv.headDim(); d++) {
        blockSums[d] += weight * Numbers.read(kv.pool(), kv.dtype(), value + d);
      }
    }
    return total;
  }

  /** Leaves the normed head with its first 2·r2 columns rotated in {@code head}. */
  private void normAndRotate(
      Tensor projection, long from, Tensor norm, float eps, Tensor rotary, long row, int dim) {
    float squares = 0f;
    for (int d = 0; d < dim; d++) {
      float value = projection.getFloat(from + d);
      squares += value * value;
    }
    float root = (float) Math.sqrt(squares / dim + eps);
    for (int d = 0; d < dim; d++) {
      head[d] = projection.getFloat(from + d) / root * norm.getFloat(d);
    }
    int half = rotary.shape().intDim(1) / 2;
    for (int j = 0; j < half; j++) {
      float cos = rotary.getFloat(row * 2 * half + j);
      float sin = rotary.getFloat(row * 2 * half + half + j);
      float a = head[j];
      float b = head[j + half];
      head[j] = a * cos - b * sin;
      head[j + half] = b * cos + a * sin;
    }
  }

  private void writeHead(KvView kv, long element) {
    for (int d = 0; d < kv.headDim(); d++) {
      Numbers.write(kv.pool(), kv.dtype(), element + d, head[d]);
    }
  }

  /** Index, in elements of the cache's dtype, of column 0 of a key (part 0) or value (part 1) head. */
  private static long element(KvView kv, Runs runs, int run, int position, int part, int kvHead) {
    int page = runs.pages().getInt(runs.firstPage(run) + position / kv.pageTokens());
    long bytes = page * kv.pageStrideBytes() + kv.layerOffsetBytes();
    long token = ((long) part * kv.heads() + kvHead) * kv.pageTokens() + position % kv.pageTokens();
    return bytes / kv.dtype().elementBytes() + token * kv.headDim();
  }

  private void reserve(int dim) {
    if (head.length < dim) {
      head = new float[dim];
      sums = new float[dim];
      blockSums = new float[dim];
    }
  }
}
