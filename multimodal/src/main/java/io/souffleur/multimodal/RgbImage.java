package io.souffleur.multimodal;

/**
 * Decoded pixels, 8 bits a channel.
 *
 * @param rgb red, green, blue of each pixel, row by row; not copied, 3 · pixels bytes
 */
public record RgbImage(ImageSize size, byte[] rgb) {
  public static final int CHANNELS = 3;

  /** Most pixels that fit an array. */
  public static final long PIXELS_MAX = (Integer.MAX_VALUE - 8) / CHANNELS;

  public RgbImage {
    if (rgb.length != CHANNELS * size.pixels()) {
      throw new IllegalArgumentException(
          rgb.length + " bytes for an RGB image of " + size + " pixels");
    }
  }

  /** A black image. */
  public static RgbImage blank(ImageSize size) {
    if (size.pixels() > PIXELS_MAX) {
      throw new IllegalArgumentException(
          "an image of " + size + " pixels, at most " + PIXELS_MAX + " can be held");
    }
    return new RgbImage(size, new byte[Math.toIntExact(CHANNELS * size.pixels())]);
  }
}
