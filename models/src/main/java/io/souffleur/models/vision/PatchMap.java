package io.souffleur.models.vision;

import io.souffleur.models.VisionBatch;
import io.souffleur.tensor.Tensor;

/**
 * Where the rows of a batch lie in their images: learned positions, spans of images, and the order that
 * puts the four patches of a window behind each other.
 *
 * <p>Windows go row by row, inside a window (0,0), (0,1), (1,0), (1,1). Refilled for each batch.
 */
final class PatchMap {
  private static final int SIDE = 2;

  private int[] rows = new int[0];
  private int[] columns = new int[0];
  private int images;

  int images() {
    return images;
  }

  void of(VisionBatch batch, int positionSide, NavitBuffers buffers) {
    images = batch.images();
    if (rows.length < images) {
      rows = new int[images];
      columns = new int[images];
    }
    int at = 0;
    for (int image = 0; image < images; image++) {
      rows[image] = batch.rows(image);
      columns[image] = batch.columns(image);
      for (int y = 0; y < rows[image]; y++) {
        int bucketY = bucket(y, rows[image], positionSide);
        for (int x = 0; x < columns[image]; x++) {
          int bucketX = bucket(x, columns[image], positionSide);
          buffers.positions().setInt(at++, bucketY * positionSide + bucketX);
        }
      }
    }
    writeSpans(buffers);
  }

  /** Which of {@code side} learned positions patch {@code index} of {@code count} has. */
  private static int bucket(int index, int count, int side) {
    return (int) ((long) index * side / count);
  }

  /** The grids after their windows became single rows. */
  void halve(NavitBuffers buffers) {
    for (int image = 0; image < images; image++) {
      rows[image] /= SIDE;
      columns[image] /= SIDE;
    }
    writeSpans(buffers);
  }

  private void writeSpans(NavitBuffers buffers) {
    Tensor order = buffers.windowOrder();
    int first = 0;
    int at = 0;
    for (int image = 0; image < images; image++) {
      int count = rows[image] * columns[image];
      buffers.spans().setInt(2L * image, first);
      buffers.spans().setInt(2L * image + 1, count);
      for (int y = 0; y < rows[image]; y += SIDE) {
        for (int x = 0; x < columns[image]; x += SIDE) {
          for (int inner = 0; inner < NavitConfig.WINDOW; inner++) {
            int row = y + inner / SIDE;
            order.setInt(at++, first + row * columns[image] + x + inner % SIDE);
          }
        }
      }
      first += count;
    }
  }
}
