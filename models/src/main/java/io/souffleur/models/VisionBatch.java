package io.souffleur.models;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.util.Arrays;

/**
 * Patch images to be encoded together, refilled for each call.
 *
 * <pre>
 *   clear(mode) → addImage(rows, columns) … → levels and features set → VisionTower.encode
 * </pre>
 *
 * <p>Owned by one rank loop.
 */
public final class VisionBatch {
  /** Patches that become one feature row when both mergers run. */
  public static final int PATCHES_PER_TOKEN_16X = 16;

  /** Patches that become one feature row when only the final merger runs. */
  public static final int PATCHES_PER_TOKEN_4X = 4;

  /** Both mergers halve both sides. */
  private static final int SIDE_UNIT = 4;

  private static final int FIRST_IMAGES = 16;

  private int patchesPerToken = PATCHES_PER_TOKEN_16X;
  private int[] rows = new int[FIRST_IMAGES];
  private int[] columns = new int[FIRST_IMAGES];
  private int images;
  private int patches;
  private Tensor levels;
  private Tensor features;

  /** Empties the batch. */
  public void clear(int newPatchesPerToken) {
    if (newPatchesPerToken != PATCHES_PER_TOKEN_16X && newPatchesPerToken != PATCHES_PER_TOKEN_4X) {
      throw new IllegalArgumentException(
          newPatchesPerToken + " patches a token; 16 and 4 are possible");
    }
    patchesPerToken = newPatchesPerToken;
    images = 0;
    patches = 0;
  }

  /** Appends a patch image of {@code imageRows} × {@code imageColumns} patches, multiples of 4. */
  public void addImage(int imageRows, int imageColumns) {
    if (imageRows < 1
        || imageColumns < 1
        || imageRows % SIDE_UNIT != 0
        || imageColumns % SIDE_UNIT != 0) {
      throw new IllegalArgumentException("a patch image of " + imageRows + " x " + imageColumns
          + " patches; both must be multiples of " + SIDE_UNIT);
    }
    if (images == rows.length) {
      rows = Arrays.copyOf(rows, 2 * images);
      columns = Arrays.copyOf(columns, 2 * images);
    }
    rows[images] = imageRows;
    columns[images++] = imageColumns;
    patches = Math.addExact(patches, Math.multiplyExact(imageRows, imageColumns));
  }

  /**
   * Where to read and to write.
   *
   * @param newLevels U8 [at least patches, patch bytes]: patch images in order, patches row by row
   * @param newFeatures F32 [at least tokens, feature columns]
   */
  public void tensors(Tensor newLevels, Tensor newFeatures) {
    if (newLevels.dtype() != DType.U8 || newFeatures.dtype() != DType.F32) {
      throw new IllegalArgumentException("levels are " + newLevels.dtype() + " and features "
          + newFeatures.dtype() + ", must be U8 and F32");
    }
    levels = newLevels;
    features = newFeatures;
  }

  public int images() {
    return images;
  }

  public int rows(int image) {
    return rows[image];
  }

  public int columns(int image) {
    return columns[image];
  }

  /** Patches of all patch images. */
  public int patches() {
    return patches;
  }

  public int patchesPerToken() {
    return patchesPerToken;
  }

  /** Feature rows of all patch images. */
  public int tokens() {
    return patches / patchesPerToken;
  }

  public Tensor levels() {
    return levels;
  }

  public Tensor features() {
    return features;
  }
}
