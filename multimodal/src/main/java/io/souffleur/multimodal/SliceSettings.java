package io.souffleur.multimodal;

/**
 * How an image is cut, as {@code preprocessor_config.json} and the request say.
 *
 * @param maxSlices most slices beside the source view
 * @param scaleResolution side in pixels of the square whose area a slice aims at
 * @param patchSize side of a patch in pixels
 * @param slicing whether large images are cut at all
 */
public record SliceSettings(int maxSlices, int scaleResolution, int patchSize, boolean slicing) {
  /** Both mergers halve rows and columns, so extents are multiples of four patches. */
  private static final int PATCHES_PER_UNIT = 4;

  public SliceSettings {
    if (maxSlices < 1 || scaleResolution < 1 || patchSize < 1) {
      throw new IllegalArgumentException("max_slice_nums " + maxSlices + ", scale_resolution "
          + scaleResolution + ", patch_size " + patchSize + ": each must be at least 1");
    }
  }

  /** Pixels that widths and heights of patch images are multiples of. */
  int unit() {
    return PATCHES_PER_UNIT * patchSize;
  }

  long targetArea() {
    return (long) scaleResolution * scaleResolution;
  }
}
