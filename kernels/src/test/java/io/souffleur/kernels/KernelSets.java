package io.souffleur.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.tensor.Bf16;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Kernel sets under test, seeded operands and comparisons. */
final class KernelSets {
  static final long SEED = 20261121;

  private KernelSets() {}

  /** Native providers that this machine can run; the provider tests say why others are left out. */
  static Stream<KernelProvider> natives() {
    return KernelProviders.all().stream()
        .filter(p -> p.name().startsWith(KernelProviders.NATIVE))
        .filter(p -> p.missing().isEmpty());
  }

  static Kernels reference() {
    return KernelProviders.choose("reference").open(1);
  }

  static Tensor random(Arena arena, Random random, float scale, long... dims) {
    Tensor tensor = Tensor.allocate(arena, DType.F32, dims);
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.setFloat(i, (float) random.nextGaussian() * scale);
    }
    return tensor;
  }

  /** {@code source} converted to {@code dtype}: F32, BF16 or F16. */
  static Tensor as(Arena arena, Tensor source, DType dtype) {
    long[] dims = new long[source.shape().rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = source.shape().dim(i);
    }
    Tensor to = Tensor.allocate(arena, dtype, dims);
    for (long i = 0; i < source.elements(); i++) {
      float value = source.getFloat(i);
      switch (dtype) {
        case F32 -> to.setFloat(i, value);
        case BF16 -> to.memory().set(ValueLayout.JAVA_SHORT, 2 * i, Bf16.fromFloat(value));
        case F16 -> to.memory().set(ValueLayout.JAVA_SHORT, 2 * i, Float.floatToFloat16(value));
        default -> throw new IllegalArgumentException(dtype.toString());
      }
    }
    return to;
  }

  static PackedLinear pack(
      Arena arena, Kernels kernels, WeightForm form, int slices, Tensor... parts) {
    int inputs = parts[0].shape().intDim(1);
    int outputs = Stream.of(parts).mapToInt(p -> p.shape().intDim(0)).sum();
    MemorySegment panels = arena.allocate(kernels.panelBytes(form, outputs, inputs), 64);
    panels.fill((byte) 0x7F);
    return kernels.pack(List.of(parts), form, slices, panels);
  }

  static Tensor ints(Arena arena, int... values) {
    Tensor tensor = Tensor.allocate(arena, DType.I32, values.length);
    for (int i = 0; i < values.length; i++) {
      tensor.setInt(i, values[i]);
    }
    return tensor;
  }

  static float[] floats(Tensor tensor, long first, int count) {
    float[] values = new float[count];
    MemorySegment.copy(
        tensor.memory(), ValueLayout.JAVA_FLOAT, first * Float.BYTES, values, 0, count);
    return values;
  }

  static float[] floats(Tensor tensor) {
    return floats(tensor, 0, (int) tensor.elements());
  }

  /** Every value within {@code limit} · (1 + |expected|). */
  static void assertClose(float[] expected, float[] actual, double limit, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      double allowed = limit * (1 + Math.abs(expected[i]));
      assertTrue(
          Math.abs((double) expected[i] - actual[i]) <= allowed
              || (Float.isNaN(expected[i]) && Float.isNaN(actual[i])),
          what + "[" + i + "]: expected " + expected[i] + ", was " + actual[i]);
    }
  }

  static void assertSameBits(float[] expected, float[] actual, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          Float.floatToRawIntBits(expected[i]),
          Float.floatToRawIntBits(actual[i]),
          what + "[" + i + "]: expected " + expected[i] + ", was " + actual[i]);
    }
  }
}
