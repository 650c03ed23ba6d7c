package io.souffleur.models.weight;

import io.souffleur.models.ConfigJson;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.tensor.Bf16;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Random weights in whatever shape is asked for; equal for equal seeds and names.
 *
 * <p>Matrices are uniform with variance 1 / inputs, norms are neutral, decays lie in the range that
 * training starts from: activations keep their size, so speed and numerics are those of a real model.
 */
public final class DummyWeights implements WeightSource {
  private static final double EMBEDDING_DEVIATION = 0.02;
  private static final long PART_ELEMENTS = 1 << 12;

  private final long seed;
  private final DType dtype;
  private final String configText;
  private final float neutralNorm;

  private DummyWeights(long seed, DType dtype, String configText, float neutralNorm) {
    this.seed = seed;
    this.dtype = dtype;
    this.configText = configText;
    this.neutralNorm = neutralNorm;
  }

  /**
   * Weights in BF16 where the config says so, otherwise in F32.
   *
   * @param neutralNorm what a norm's weight must be to change nothing
   */
  public static DummyWeights of(ConfigJson config, long seed, float neutralNorm)
      throws InvalidModelException {
    ConfigJson text = config.object("text_config").orElse(config);
    String dtype = text.text("dtype", text.text("torch_dtype", config.text("dtype", "bfloat16")));
    return new DummyWeights(
        seed, dtype.equals("bfloat16") ? DType.BF16 : DType.F32, config.toString(), neutralNorm);
  }

  @Override
  public Set<String> names() {
    return Set.of();
  }

  /** Has every tensor; families ask {@link #names} where they must choose. */
  @Override
  public boolean has(String name) {
    return true;
  }

  @Override
  public DType dtype(String name) {
    return dtype;
  }

  @Override
  public Tensor tensor(String name, Arena scratch, long... dims) {
    Shape shape = Shape.of(dims);
    MemorySegment memory = scratch.allocate(dtype.bytes(shape.elements()), Tensor.ALIGNMENT_BYTES);
    if (name.endsWith("linear_attn.norm.weight")) {
      fill(memory, shape.elements(), 0, 1, 1);
    } else if (name.endsWith("norm.weight")) {
      fill(memory, shape.elements(), 0, neutralNorm, neutralNorm);
    } else if (name.endsWith("A_log")) {
      fill(memory, shape.elements(), mix(seed ^ name.hashCode()), 0, Math.log(16));
    } else if (name.endsWith("dt_bias")) {
      fill(memory, shape.elements(), mix(seed ^ name.hashCode()), -6, -2);
    } else {
      double deviation = name.endsWith("embed_tokens.weight")
          ? EMBEDDING_DEVIATION
          : 1 / Math.sqrt(dims[dims.length - 1]);
      double bound = deviation * Math.sqrt(3);
      fill(memory, shape.elements(), mix(seed ^ name.hashCode()), -bound, bound);
    }
    return new Tensor(memory, dtype, shape);
  }

  /** Every element follows from its index alone, so parts may be filled in any order. */
  private void fill(MemorySegment memory, long elements, long key, double low, double high) {
    LongStream.range(0, (elements + PART_ELEMENTS - 1) / PART_ELEMENTS)
        .parallel()
        .forEach(part -> fillPart(
            memory,
            part * PART_ELEMENTS,
            Math.min(elements, (part + 1) * PART_ELEMENTS),
            key,
            low,
            high));
  }

  private void fillPart(
      MemorySegment memory, long from, long to, long key, double low, double high) {
    for (long i = from; i < to; i++) {
      double uniform = (mix(key + i) >>> 11) * 0x1.0p-53;
      float value = (float) (low + uniform * (high - low));
      if (dtype == DType.BF16) {
        memory.setAtIndex(ValueLayout.JAVA_SHORT, i, Bf16.fromFloat(value));
      } else {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      }
    }
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, 2014). */
  private static long mix(long value) {
    long z = value * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  @Override
  public boolean mapped() {
    return false;
  }

  @Override
  public String contentDigest(DigestMemory memory, Progress progress) {
    return new ContentDigest()
        .add("dummy")
        .add(Long.toString(seed))
        .add(dtype.name())
        .add(configText)
        .hex();
  }

  @Override
  public long fileBytes() {
    return 0;
  }

  @Override
  public void close() {
    // Tensors belong to the arenas they were asked for with.
  }
}
