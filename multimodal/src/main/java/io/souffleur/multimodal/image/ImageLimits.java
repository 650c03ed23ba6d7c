package io.souffleur.multimodal.image;

import io.souffleur.multimodal.ImageSize;

/**
 * What an image may be at most; checked against the header, before anything is decoded.
 *
 * @param fileBytesMax bytes of the encoded file
 * @param pixelsMax width times height
 * @param sideMax pixels of either side
 * @param aspectMax longer side divided by the shorter one: beyond it the patch count explodes
 */
public record ImageLimits(int fileBytesMax, long pixelsMax, int sideMax, int aspectMax) {
  /** 32 MiB, 50 million pixels, sides up to 32,768, ratios up to 100 to 1. */
  public static final ImageLimits DEFAULT =
      new ImageLimits(32 * 1024 * 1024, 50_000_000, 32_768, 100);

  void checkFile(int bytes) throws ImageRefused {
    if (bytes > fileBytesMax) {
      throw tooLarge(
          "the image file has " + bytes + " bytes, at most " + fileBytesMax + " are allowed");
    }
  }

  void checkSize(ImageSize size) throws ImageRefused {
    if (size.width() > sideMax || size.height() > sideMax) {
      throw tooLarge(
          "the image is " + size + " pixels, at most " + sideMax + " a side are allowed");
    }
    if (size.pixels() > pixelsMax) {
      throw tooLarge("the image is " + size + " pixels, " + size.pixels() + " in all; at most "
          + pixelsMax + " are allowed");
    }
    int longer = Math.max(size.width(), size.height());
    int shorter = Math.min(size.width(), size.height());
    if (longer > (long) aspectMax * shorter) {
      throw tooLarge("the image is " + size + " pixels; the longer side may be at most " + aspectMax
          + " times the shorter one");
    }
  }

  private static ImageRefused tooLarge(String message) {
    return new ImageRefused(ImageRefused.Kind.TOO_LARGE, message);
  }
}
