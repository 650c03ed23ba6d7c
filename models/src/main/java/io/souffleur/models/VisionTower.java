package io.souffleur.models;

/**
 * A vision encoder with its weights: turns patches of images into rows that stand for placeholder tokens.
 *
 * <p>Load, {@link #attach} once, then {@link #encode} batch after batch on one thread. Under the law, the
 * rows of a patch image do not depend on the other patch images of the batch. Owns its weights and
 * buffers, not the kernels.
 */
public interface VisionTower extends AutoCloseable {
  /** Columns of a feature row: those of the text model's hidden states. */
  int featureColumns();

  /** Bytes of one patch: 3 · patchSize², levels in channel, y, x order. */
  int patchBytes();

  /** Takes buffers for batches of at most {@code patchesMax} patches. */
  void attach(int patchesMax);

  /** Bytes of the buffers that {@link #attach} takes. */
  long bufferBytes(int patchesMax);

  /**
   * Fills {@link VisionBatch#features} from {@link VisionBatch#levels}; may be called again with
   * the same batch.
   */
  void encode(VisionBatch batch);

  /** Installs a listener for hidden states; {@link HiddenTap#OFF} takes it away. */
  void tap(HiddenTap tap);

  /** Gives weights and buffers back. */
  @Override
  void close();
}
