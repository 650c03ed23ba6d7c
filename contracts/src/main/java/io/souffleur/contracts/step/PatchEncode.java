package io.souffleur.contracts.step;

/**
 * Patch images of one picture that a step encodes, from a cell of shared memory to rows of the feature
 * store.
 *
 * @param cell belongs to this step until it was applied
 * @param generation how often the cell was claimed; a cell claimed again is not the one that was meant
 * @param offset byte of the cell at which their levels begin
 * @param patchBytes bytes of one patch
 * @param patchesPerToken 16 or 4
 * @param featureRow first row of the feature store that is written; nothing else in the plan writes it
 * @param grids rows and columns of the patches of each patch image; kept as it is
 */
public record PatchEncode(
    int cell,
    long generation,
    long offset,
    int patchBytes,
    int patchesPerToken,
    int featureRow,
    int[] grids) {
  /** Of one plan. */
  public static final int PLAN_MAX = 64;

  /** Patch images of one plan. */
  public static final int PLAN_IMAGES_MAX = 256;

  public int images() {
    return grids.length / 2;
  }

  public int rows(int image) {
    return grids[2 * image];
  }

  public int columns(int image) {
    return grids[2 * image + 1];
  }

  /** Patches of all its patch images; more than an int holds when it makes no sense. */
  public long patches() {
    long patches = 0;
    for (int image = 0; image < images(); image++) {
      patches += (long) rows(image) * columns(image);
    }
    return patches;
  }

  /** Rows of the feature store that are written. */
  public long tokens() {
    return patches() / patchesPerToken;
  }
}
