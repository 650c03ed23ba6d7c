package io.souffleur.transport;

import static io.souffleur.transport.MessageHeader.ORDER;

import io.souffleur.contracts.step.StepResult;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A {@link StepResult} as bytes, little-endian:
 *
 * <pre>
 *    0 header, 32 bytes ({@link MessageHeader})
 *   32 runs i32 | 36 rows i32
 *   40 token × runs : id i32, or NO_TOKEN, or NOT_FINITE
 * </pre>
 *
 * Stateless, allocates nothing.
 */
final class ResultCodec {
  private static final int RUNS_OFFSET = MessageHeader.BYTES;
  private static final int ROWS_OFFSET = RUNS_OFFSET + Integer.BYTES;
  private static final int BODY_OFFSET = ROWS_OFFSET + Integer.BYTES;

  private ResultCodec() {}

  static long bytes(StepResult result) {
    return BODY_OFFSET + (long) result.runCount() * Integer.BYTES;
  }

  static void encode(StepResult result, MutableDirectBuffer buffer, int offset) {
    MessageHeader.write(
        buffer,
        offset,
        MessageHeader.RESULT,
        (int) bytes(result),
        result.epoch(),
        result.incarnation(),
        result.step(),
        result.attempt());
    buffer.putInt(offset + RUNS_OFFSET, result.runCount(), ORDER);
    buffer.putInt(offset + ROWS_OFFSET, result.rows(), ORDER);
    for (int run = 0; run < result.runCount(); run++) {
      buffer.putInt(offset + BODY_OFFSET + run * Integer.BYTES, result.token(run), ORDER);
    }
  }

  /** Fills {@code result} from a whole message; false if counts or tokens make no sense. */
  static boolean decode(DirectBuffer buffer, int offset, int length, StepResult result) {
    if (length < BODY_OFFSET) {
      return false;
    }
    int runs = buffer.getInt(offset + RUNS_OFFSET, ORDER);
    int rows = buffer.getInt(offset + ROWS_OFFSET, ORDER);
    if (runs < 0 || rows < 0 || BODY_OFFSET + (long) runs * Integer.BYTES != length) {
      return false;
    }
    result.reset(
        MessageHeader.epoch(buffer, offset),
        MessageHeader.incarnation(buffer, offset),
        MessageHeader.step(buffer, offset),
        MessageHeader.attempt(buffer, offset),
        runs,
        rows);
    for (int run = 0; run < runs; run++) {
      int token = buffer.getInt(offset + BODY_OFFSET + run * Integer.BYTES, ORDER);
      if (token < StepResult.NO_TOKEN) {
        return false;
      }
      result.token(run, token);
    }
    return true;
  }
}
