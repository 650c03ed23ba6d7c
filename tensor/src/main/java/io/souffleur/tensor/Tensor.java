package io.souffleur.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A typed window on memory that somebody else owns: row-major, contiguous, immutable in shape.
 *
 * <p>A tensor never frees. Its bytes stay valid for as long as the owner of {@code memory} says: a
 * weight file lives as long as the model, a step buffer until the step ends. Keep no tensor longer
 * than its owner.
 *
 * @param memory exactly {@code dtype.bytes(shape.elements())} bytes; 64-byte aligned for kernels,
 *     except file-backed tensors, whose alignment is that of the file format
 */
public record Tensor(MemorySegment memory, DType dtype, Shape shape) {
  /** Alignment in bytes of tensors made by {@link #allocate}. */
  public static final long ALIGNMENT_BYTES = 64;

  public Tensor {
    long needed = dtype.bytes(shape.elements());
    if (memory.byteSize() != needed) {
      throw new IllegalArgumentException(
          dtype + " " + shape + " needs " + needed + " B, segment has " + memory.byteSize() + " B");
    }
  }

  /** Takes zeroed, aligned memory from {@code arena}; for set-up time, never inside a step. */
  public static Tensor allocate(Arena arena, DType dtype, long... dims) {
    Shape shape = Shape.of(dims);
    return new Tensor(arena.allocate(dtype.bytes(shape.elements()), ALIGNMENT_BYTES), dtype, shape);
  }

  /** Copies {@code values} into fresh F32 memory of {@code arena}. */
  public static Tensor ofFloats(Arena arena, float[] values, long... dims) {
    Tensor tensor = allocate(arena, DType.F32, dims);
    MemorySegment.copy(values, 0, tensor.memory, ValueLayout.JAVA_FLOAT, 0, values.length);
    return tensor;
  }

  /** Rows {@code [first, first + count)} of dimension 0, sharing memory: [d0, …] → [count, …]. */
  public Tensor rows(long first, long count) {
    long[] dims = new long[shape.rank()];
    long rowElements = 1;
    dims[0] = count;
    for (int i = 1; i < dims.length; i++) {
      dims[i] = shape.dim(i);
      rowElements *= dims[i];
    }
    long rowBytes = dtype.bytes(rowElements);
    return new Tensor(memory.asSlice(first * rowBytes, count * rowBytes), dtype, Shape.of(dims));
  }

  /** The same memory under another shape with the same number of elements. */
  public Tensor reshape(long... dims) {
    return new Tensor(memory, dtype, Shape.of(dims));
  }

  public long elements() {
    return shape.elements();
  }

  /** Element {@code index} of an F32 tensor. */
  public float getFloat(long index) {
    return memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES);
  }

  public void setFloat(long index, float value) {
    memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES, value);
  }

  /** Element {@code index} of an I32 tensor. */
  public int getInt(long index) {
    return memory.get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES);
  }

  public void setInt(long index, int value) {
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES, value);
  }
}
