package io.souffleur.contracts.request;

/**
 * One picture of a prompt: its patch images (the whole of it, then its slices), as levels for the vision
 * tower, and the rows of the prompt that take its features. The arrays belong to the receiver.
 *
 * <p>How many rows a patch image takes follows from its grid, and is asked of {@link #tokens} alone:
 * there is no second count that could disagree.
 *
 * @param hash SHA-256 of everything that decides its features; equal hashes mean equal features
 * @param patchesPerToken 16 or 4
 * @param grids rows and columns of the patches of each patch image, multiples of 4
 * @param positions where in the prompt the tokens of each patch image begin, rising
 * @param levels U8, patch images in order, patches row by row
 */
public record Picture(
    byte[] hash, int patchesPerToken, int[] grids, int[] positions, byte[] levels) {
  public static final int HASH_BYTES = 32;

  /** Patch images of one picture: the source view and its slices. */
  public static final int IMAGES_MAX = 256;

  private static final int SIDE_UNIT = 4;
  private static final int SIDE_MAX = 8_192;

  public Picture {
    if (hash.length != HASH_BYTES) {
      throw new IllegalArgumentException(
          "the hash of a picture has " + HASH_BYTES + " bytes, got " + hash.length);
    }
    if (patchesPerToken != 16 && patchesPerToken != 4) {
      throw new IllegalArgumentException(
          "patches of a token must be 16 or 4, got " + patchesPerToken);
    }
    if (positions.length < 1
        || positions.length > IMAGES_MAX
        || grids.length != 2 * positions.length) {
      throw new IllegalArgumentException("a picture has 1 to " + IMAGES_MAX
          + " patch images with rows and columns each, got " + positions.length + " positions and "
          + grids.length + " rows and columns");
    }
    long patches = 0;
    int end = 0;
    for (int image = 0; image < positions.length; image++) {
      requireSide(grids[2 * image]);
      requireSide(grids[2 * image + 1]);
      int count = Math.multiplyExact(grids[2 * image], grids[2 * image + 1]);
      patches += count;
      if (positions[image] < end) {
        throw new IllegalArgumentException("patch image " + image + " begins at " + positions[image]
            + ", the one before ends at " + end);
      }
      end = Math.addExact(positions[image], count / patchesPerToken);
    }
    if (levels.length == 0 || levels.length % patches != 0) {
      throw new IllegalArgumentException(
          levels.length + " bytes cannot be the levels of " + patches + " patches");
    }
  }

  private static void requireSide(int side) {
    if (side < SIDE_UNIT || side > SIDE_MAX || side % SIDE_UNIT != 0) {
      throw new IllegalArgumentException("a side of a patch image is a multiple of " + SIDE_UNIT
          + " up to " + SIDE_MAX + ", got " + side);
    }
  }

  /** Patch images. */
  public int images() {
    return positions.length;
  }

  public int rows(int image) {
    return grids[2 * image];
  }

  public int columns(int image) {
    return grids[2 * image + 1];
  }

  public int patches(int image) {
    return rows(image) * columns(image);
  }

  /** Patches of all patch images before {@code image}. */
  public int patchesBefore(int image) {
    int patches = 0;
    for (int i = 0; i < image; i++) {
      patches += patches(i);
    }
    return patches;
  }

  /** Patches of all patch images. */
  public int patches() {
    return patchesBefore(images());
  }

  /** Rows of the prompt that take features of {@code image}. */
  public int tokens(int image) {
    return patches(image) / patchesPerToken;
  }

  /** Feature rows of all patch images. */
  public int tokens() {
    return tokensBefore(images());
  }

  /** Feature rows of all patch images before {@code image}. */
  public int tokensBefore(int image) {
    int tokens = 0;
    for (int i = 0; i < image; i++) {
      tokens += tokens(i);
    }
    return tokens;
  }

  /** Bytes of one patch. */
  public int patchBytes() {
    return levels.length / patches();
  }

  /** Position after its last row. */
  public int end() {
    return positions[images() - 1] + tokens(images() - 1);
  }
}
