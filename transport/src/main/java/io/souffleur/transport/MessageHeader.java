package io.souffleur.transport;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The first 32 bytes of every step message, little-endian:
 *
 * <pre>
 *   0         2      4            8                    16                   24            28
 *  +---------+------+------------+--------------------+--------------------+-------------+---------+
 *  | version | kind | bytes      | epoch              | step               | incarnation | attempt |
 *  | u16     | u16  | i32, whole | i64                | i64                | i32         | i32     |
 *  +---------+------+------------+--------------------+--------------------+-------------+---------+
 * </pre>
 *
 * Stateless.
 */
final class MessageHeader {
  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Grows with every change of a layout; a rank of another version is refused. */
  static final int VERSION = 0x5305;

  static final int PLAN = 1;
  static final int RESULT = 2;
  static final int FAILURE = 3;
  static final int HELLO = 4;

  private static final int VERSION_OFFSET = 0;
  private static final int KIND_OFFSET = VERSION_OFFSET + Short.BYTES;
  private static final int BYTES_OFFSET = KIND_OFFSET + Short.BYTES;
  private static final int EPOCH_OFFSET = BYTES_OFFSET + Integer.BYTES;
  private static final int STEP_OFFSET = EPOCH_OFFSET + Long.BYTES;
  private static final int INCARNATION_OFFSET = STEP_OFFSET + Long.BYTES;
  private static final int ATTEMPT_OFFSET = INCARNATION_OFFSET + Integer.BYTES;
  static final int BYTES = ATTEMPT_OFFSET + Integer.BYTES;

  private MessageHeader() {}

  static void write(
      MutableDirectBuffer buffer,
      int offset,
      int kind,
      int bytes,
      long epoch,
      int incarnation,
      long step,
      int attempt) {
    buffer.putShort(offset + VERSION_OFFSET, (short) VERSION, ORDER);
    buffer.putShort(offset + KIND_OFFSET, (short) kind, ORDER);
    buffer.putInt(offset + BYTES_OFFSET, bytes, ORDER);
    buffer.putLong(offset + EPOCH_OFFSET, epoch, ORDER);
    buffer.putLong(offset + STEP_OFFSET, step, ORDER);
    buffer.putInt(offset + INCARNATION_OFFSET, incarnation, ORDER);
    buffer.putInt(offset + ATTEMPT_OFFSET, attempt, ORDER);
  }

  /** Whether {@code length} bytes can be a message of this version that states its own length. */
  static boolean isWhole(DirectBuffer buffer, int offset, int length) {
    return length >= BYTES
        && (buffer.getShort(offset + VERSION_OFFSET, ORDER) & 0xFFFF) == VERSION
        && buffer.getInt(offset + BYTES_OFFSET, ORDER) == length;
  }

  static int kind(DirectBuffer buffer, int offset) {
    return buffer.getShort(offset + KIND_OFFSET, ORDER) & 0xFFFF;
  }

  static long epoch(DirectBuffer buffer, int offset) {
    return buffer.getLong(offset + EPOCH_OFFSET, ORDER);
  }

  static long step(DirectBuffer buffer, int offset) {
    return buffer.getLong(offset + STEP_OFFSET, ORDER);
  }

  static int incarnation(DirectBuffer buffer, int offset) {
    return buffer.getInt(offset + INCARNATION_OFFSET, ORDER);
  }

  static int attempt(DirectBuffer buffer, int offset) {
    return buffer.getInt(offset + ATTEMPT_OFFSET, ORDER);
  }
}
