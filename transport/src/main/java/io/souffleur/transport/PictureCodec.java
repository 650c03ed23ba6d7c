package io.souffleur.transport;

import static io.souffleur.transport.MessageHeader.ORDER;

import io.souffleur.contracts.step.PatchEncode;
import io.souffleur.contracts.step.PictureWork;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The {@link PictureWork} of a plan; no bytes when there is none:
 *
 * <pre>
 *    0 encodes i32 | 4 takes i32
 *    8 encode × encodes : handle, 64 bytes (arena {@link PictureCells#ARENA}, U8 [patches, patch bytes],
 *                         the plan's epoch), featureRow i32, patchesPerToken i32, images i32,
 *                         then rows i32, columns i32 for each image
 *    … take × takes     : row i32, featureRow i32, count i32
 * </pre>
 *
 * Stateless.
 */
final class PictureCodec {
  private static final int HEAD_BYTES = 2 * Integer.BYTES;
  private static final int ENCODE_BYTES = TensorHandle.BYTES + 3 * Integer.BYTES;
  private static final int GRID_BYTES = 2 * Integer.BYTES;
  private static final int TAKE_BYTES = 3 * Integer.BYTES;
  private static final int MALFORMED = -1;

  private PictureCodec() {}

  static long bytes(StepPlan plan) {
    PictureWork work = plan.pictures();
    return work.isEmpty() ? 0 : bytes(work.encodeCount(), work.imageCount(), work.takeCount());
  }

  private static long bytes(long encodes, long images, long takes) {
    return HEAD_BYTES + encodes * ENCODE_BYTES + images * GRID_BYTES + takes * TAKE_BYTES;
  }

  /** Bytes of a plan that encodes as much as a plan may, where every row takes a feature by itself. */
  static long bytesMax(long rows) {
    return bytes(PatchEncode.PLAN_MAX, PatchEncode.PLAN_IMAGES_MAX, rows);
  }

  static void encode(StepPlan plan, MutableDirectBuffer buffer, int start) {
    PictureWork work = plan.pictures();
    if (work.isEmpty()) {
      return;
    }
    buffer.putInt(start, work.encodeCount(), ORDER);
    buffer.putInt(start + Integer.BYTES, work.takeCount(), ORDER);
    int at = start + HEAD_BYTES;
    for (int i = 0; i < work.encodeCount(); i++) {
      at = encode(work.encode(i), plan.epoch(), buffer, at);
    }
    for (int i = 0; i < work.takeCount(); i++, at += TAKE_BYTES) {
      buffer.putInt(at, work.takenByRow(i), ORDER);
      buffer.putInt(at + 4, work.takenFeature(i), ORDER);
      buffer.putInt(at + 8, work.takenRows(i), ORDER);
    }
  }

  private static int encode(PatchEncode encode, long epoch, MutableDirectBuffer buffer, int start) {
    PictureCells.handle(encode, epoch).encode(buffer, start);
    int at = start + TensorHandle.BYTES;
    buffer.putInt(at, encode.featureRow(), ORDER);
    buffer.putInt(at + 4, encode.patchesPerToken(), ORDER);
    buffer.putInt(at + 8, encode.images(), ORDER);
    at += 3 * Integer.BYTES;
    for (int side : encode.grids()) {
      buffer.putInt(at, side, ORDER);
      at += Integer.BYTES;
    }
    return at;
  }

  /** Whether exactly {@code bytes} bytes made sense. */
  static boolean decode(DirectBuffer buffer, int start, int bytes, StepPlan plan) {
    if (bytes == 0) {
      return true;
    }
    if (bytes < HEAD_BYTES) {
      return false;
    }
    int end = start + bytes;
    int encodes = buffer.getInt(start, ORDER);
    int takes = buffer.getInt(start + Integer.BYTES, ORDER);
    if (encodes < 0 || takes < 0 || (encodes | takes) == 0) {
      return false;
    }
    int at = start + HEAD_BYTES;
    for (int i = 0; i < encodes && at != MALFORMED; i++) {
      at = decodeEncode(buffer, at, end, plan);
    }
    if (at == MALFORMED || end - at != (long) takes * TAKE_BYTES) {
      return false;
    }
    for (; at < end; at += TAKE_BYTES) {
      plan.pictures()
          .take(
              buffer.getInt(at, ORDER), buffer.getInt(at + 4, ORDER), buffer.getInt(at + 8, ORDER));
    }
    return true;
  }

  /** Where the next begins, or {@link #MALFORMED}. */
  private static int decodeEncode(DirectBuffer buffer, int start, int end, StepPlan plan) {
    if (end - start < ENCODE_BYTES) {
      return MALFORMED;
    }
    Optional<TensorHandle> handle = TensorHandle.decode(buffer, start, TensorHandle.BYTES);
    int at = start + TensorHandle.BYTES;
    int images = buffer.getInt(at + 8, ORDER);
    if (handle.isEmpty()
        || !plain(handle.get(), plan.epoch())
        || images < 1
        || end - start - ENCODE_BYTES < (long) images * GRID_BYTES) {
      return MALFORMED;
    }
    int[] grids = new int[2 * images];
    for (int i = 0; i < grids.length; i++) {
      grids[i] = buffer.getInt(start + ENCODE_BYTES + i * Integer.BYTES, ORDER);
    }
    TensorHandle levels = handle.get();
    PatchEncode encode = new PatchEncode(
        levels.slot(),
        levels.generation(),
        levels.byteOffset(),
        levels.shape().intDim(1),
        buffer.getInt(at + 4, ORDER),
        buffer.getInt(at, ORDER),
        grids);
    if (encode.patches() != levels.shape().intDim(0)) {
      return MALFORMED;
    }
    plan.pictures().addEncode(encode);
    return start + ENCODE_BYTES + images * GRID_BYTES;
  }

  private static boolean plain(TensorHandle levels, long epoch) {
    return levels.dtype() == DType.U8
        && levels.shape().rank() == Shape.of(1, 1).rank()
        && levels.arena() == PictureCells.ARENA
        && levels.epoch() == epoch;
  }
}
