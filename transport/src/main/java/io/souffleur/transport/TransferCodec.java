package io.souffleur.transport;

import static io.souffleur.transport.MessageHeader.ORDER;

import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A {@link CellTransfer} within a plan: page or slot, way, and the handle of the bytes in their cell.
 *
 * <pre>
 *    0 number i32 | 4 way i32 | 8 handle, 64 bytes: arena = kind, slot = cell, U8 [bytes], the plan's epoch
 * </pre>
 *
 * Stateless.
 */
final class TransferCodec {
  static final int HANDLE_OFFSET = 2 * Integer.BYTES;
  static final int BYTES = HANDLE_OFFSET + TensorHandle.BYTES;
  private static final TierKind[] KINDS = TierKind.values();
  private static final CellTransfer.Way[] WAYS = CellTransfer.Way.values();

  private TransferCodec() {}

  static void encode(CellTransfer transfer, long epoch, MutableDirectBuffer buffer, int at) {
    buffer.putInt(at, transfer.number(), ORDER);
    buffer.putInt(at + Integer.BYTES, transfer.way().ordinal(), ORDER);
    handle(transfer, epoch).encode(buffer, at + HANDLE_OFFSET);
  }

  /** The bytes of the cell, as arenas know them. */
  static TensorHandle handle(CellTransfer transfer, long epoch) {
    return new TensorHandle(
        transfer.kind().ordinal(),
        transfer.cell(),
        transfer.generation(),
        0,
        DType.U8,
        Shape.of(transfer.bytes()),
        epoch);
  }

  /** Empty when the bytes contradict themselves or the plan. */
  static Optional<CellTransfer> decode(DirectBuffer buffer, int at, long epoch) {
    int way = buffer.getInt(at + Integer.BYTES, ORDER);
    Optional<TensorHandle> handle =
        TensorHandle.decode(buffer, at + HANDLE_OFFSET, TensorHandle.BYTES);
    if (way < 0 || way >= WAYS.length || handle.isEmpty()) {
      return Optional.empty();
    }
    TensorHandle bytes = handle.get();
    boolean plain = bytes.dtype() == DType.U8
        && bytes.shape().rank() == 1
        && bytes.byteOffset() == 0
        && bytes.byteLength() > 0
        && bytes.epoch() == epoch
        && bytes.arena() >= 0
        && bytes.arena() < KINDS.length;
    return plain
        ? Optional.of(new CellTransfer(
            KINDS[bytes.arena()],
            WAYS[way],
            buffer.getInt(at, ORDER),
            bytes.slot(),
            bytes.generation(),
            bytes.shape().intDim(0)))
        : Optional.empty();
  }
}
