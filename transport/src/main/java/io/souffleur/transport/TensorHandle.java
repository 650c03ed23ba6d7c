package io.souffleur.transport;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import java.nio.ByteOrder;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The name of a tensor that lies in a {@link SlotArena}; 64 bytes go over the wire instead of it:
 *
 * <pre>
 *   0         2       3      4          8           12          16
 *  +---------+-------+------+----------+-----------+-----------+
 *  | version | dtype | rank | arena id | slot      | zero      |
 *  | u16     | u8    | u8   | i32      | i32       | i32       |
 *  +---------+-------+------+----------+-----------+-----------+
 *  | 16 generation i64      | 24 byte offset in the slot i64   |
 *  | 32 byte length i64     | 40 dims i32 × 4, unused ones 0   |
 *  | 56 epoch i64                                              |
 *  +-----------------------------------------------------------+
 * </pre>
 *
 * <p>A handle is worth nothing by itself: the reader compares it with the slot's header.
 *
 * @param arena number of the arena within the epoch
 * @param slot cell of the arena
 * @param generation how often the slot has been claimed, this time included
 * @param byteOffset of the first element in the slot
 * @param shape at most four dimensions, each below 2^31
 * @param epoch incarnation of the replica that wrote the tensor
 */
public record TensorHandle(
    int arena, int slot, long generation, long byteOffset, DType dtype, Shape shape, long epoch) {
  public static final int BYTES = 64;
  public static final int RANK_MAX = 4;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int VERSION = 1;
  private static final int VERSION_OFFSET = 0;
  private static final int DTYPE_OFFSET = VERSION_OFFSET + Short.BYTES;
  private static final int RANK_OFFSET = DTYPE_OFFSET + Byte.BYTES;
  private static final int ARENA_OFFSET = RANK_OFFSET + Byte.BYTES;
  private static final int SLOT_OFFSET = ARENA_OFFSET + Integer.BYTES;
  private static final int ZERO_OFFSET = SLOT_OFFSET + Integer.BYTES;
  private static final int GENERATION_OFFSET = ZERO_OFFSET + Integer.BYTES;
  private static final int BYTE_OFFSET_OFFSET = GENERATION_OFFSET + Long.BYTES;
  private static final int LENGTH_OFFSET = BYTE_OFFSET_OFFSET + Long.BYTES;
  private static final int DIMS_OFFSET = LENGTH_OFFSET + Long.BYTES;
  private static final int EPOCH_OFFSET = DIMS_OFFSET + RANK_MAX * Integer.BYTES;

  /** The types by their number on the wire; both ends run the same program version. */
  private static final DType[] DTYPES = DType.values();

  public TensorHandle {
    if (shape.rank() > RANK_MAX) {
      throw new IllegalArgumentException(
          "a handle has at most " + RANK_MAX + " dimensions, got " + shape);
    }
    for (int i = 0; i < shape.rank(); i++) {
      shape.intDim(i);
    }
  }

  /** Bytes of the tensor. */
  public long byteLength() {
    return dtype.bytes(shape.elements());
  }

  /** Writes {@link #BYTES} bytes. */
  public void encode(MutableDirectBuffer buffer, int offset) {
    buffer.setMemory(offset, BYTES, (byte) 0);
    buffer.putShort(offset + VERSION_OFFSET, (short) VERSION, ORDER);
    buffer.putByte(offset + DTYPE_OFFSET, (byte) dtype.ordinal());
    buffer.putByte(offset + RANK_OFFSET, (byte) shape.rank());
    buffer.putInt(offset + ARENA_OFFSET, arena, ORDER);
    buffer.putInt(offset + SLOT_OFFSET, slot, ORDER);
    buffer.putLong(offset + GENERATION_OFFSET, generation, ORDER);
    buffer.putLong(offset + BYTE_OFFSET_OFFSET, byteOffset, ORDER);
    buffer.putLong(offset + LENGTH_OFFSET, byteLength(), ORDER);
    for (int i = 0; i < shape.rank(); i++) {
      buffer.putInt(offset + DIMS_OFFSET + i * Integer.BYTES, shape.intDim(i), ORDER);
    }
    buffer.putLong(offset + EPOCH_OFFSET, epoch, ORDER);
  }

  /** Reads what {@link #encode} wrote; empty when the bytes contradict themselves. */
  public static Optional<TensorHandle> decode(DirectBuffer buffer, int offset, int length) {
    if (length != BYTES || (buffer.getShort(offset + VERSION_OFFSET, ORDER) & 0xFFFF) != VERSION) {
      return Optional.empty();
    }
    int dtype = buffer.getByte(offset + DTYPE_OFFSET);
    int rank = buffer.getByte(offset + RANK_OFFSET);
    if (dtype < 0 || dtype >= DTYPES.length || rank < 0 || rank > RANK_MAX) {
      return Optional.empty();
    }
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = buffer.getInt(offset + DIMS_OFFSET + i * Integer.BYTES, ORDER);
    }
    try {
      TensorHandle handle = new TensorHandle(
          buffer.getInt(offset + ARENA_OFFSET, ORDER),
          buffer.getInt(offset + SLOT_OFFSET, ORDER),
          buffer.getLong(offset + GENERATION_OFFSET, ORDER),
          buffer.getLong(offset + BYTE_OFFSET_OFFSET, ORDER),
          DTYPES[dtype],
          Shape.of(dims),
          buffer.getLong(offset + EPOCH_OFFSET, ORDER));
      boolean agrees = handle.byteLength() == buffer.getLong(offset + LENGTH_OFFSET, ORDER);
      return agrees ? Optional.of(handle) : Optional.empty();
    } catch (IllegalArgumentException | ArithmeticException impossibleShape) {
      return Optional.empty();
    }
  }
}
