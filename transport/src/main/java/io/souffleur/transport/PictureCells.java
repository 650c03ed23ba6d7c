package io.souffleur.transport;

import io.souffleur.contracts.step.PatchEncode;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A rank's view of the {@link SlotArena} whose slots carry levels of patch images, to be read while the
 * step runs that names them. Tensors are dead after {@link #close}.
 */
public final class PictureCells implements AutoCloseable {
  /** Number of the arena within its epoch, beside those of tiers. */
  public static final int ARENA = 16;

  private final ArenaReader reader;

  private PictureCells(ArenaReader reader) {
    this.reader = reader;
  }

  /** @throws IOException when the file is missing or no arena */
  public static PictureCells open(Path path, TransportCounters counters) throws IOException {
    return new PictureCells(ArenaReader.open(path, counters));
  }

  /** The levels in place, U8 [patches, patch bytes]; empty when the cell is not the one that was meant. */
  public Optional<Tensor> levels(PatchEncode encode, long epoch) {
    return reader.tensor(handle(encode, epoch));
  }

  static TensorHandle handle(PatchEncode encode, long epoch) {
    return new TensorHandle(
        ARENA,
        encode.cell(),
        encode.generation(),
        encode.offset(),
        DType.U8,
        Shape.of(encode.patches(), encode.patchBytes()),
        epoch);
  }

  @Override
  public void close() {
    reader.close();
  }
}
