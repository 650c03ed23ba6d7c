package io.souffleur.multimodal.image;

import io.souffleur.multimodal.ImageSize;
import io.souffleur.multimodal.RgbImage;

/**
 * How stored pixels must be turned to be seen upright, as a camera notes it in EXIF.
 *
 * <p>Named by what the stored image needs; the EXIF number is the ordinal plus one.
 */
enum Orientation {
  UPRIGHT(false, false, false),
  MIRROR(false, true, false),
  ROTATE_180(false, true, true),
  FLIP(false, false, true),
  TRANSPOSE(true, false, false),
  ROTATE_90(true, true, false),
  TRANSVERSE(true, true, true),
  ROTATE_270(true, false, true);

  private final boolean swapsSides;
  private final boolean mirrorsX;
  private final boolean mirrorsY;

  Orientation(boolean swapsSides, boolean mirrorsX, boolean mirrorsY) {
    this.swapsSides = swapsSides;
    this.mirrorsX = mirrorsX;
    this.mirrorsY = mirrorsY;
  }

  /** What the EXIF segment says; upright when there is none or it makes no sense. */
  static Orientation ofJpeg(byte[] file) {
    int index = ExifOrientation.number(file) - 1;
    return index >= 0 && index < values().length ? values()[index] : UPRIGHT;
  }

  /** Extent of an image of {@code stored} extent once it is upright. */
  ImageSize shown(ImageSize stored) {
    return swapsSides ? new ImageSize(stored.height(), stored.width()) : stored;
  }

  RgbImage turn(RgbImage image) {
    if (this == UPRIGHT) {
      return image;
    }
    ImageSize stored = image.size();
    RgbImage turned = RgbImage.blank(shown(stored));
    int width = turned.size().width();
    int height = turned.size().height();
    for (int y = 0; y < height; y++) {
      int fromY = mirrorsY ? height - 1 - y : y;
      for (int x = 0; x < width; x++) {
        int fromX = mirrorsX ? width - 1 - x : x;
        int from = (swapsSides ? fromX * stored.width() + fromY : fromY * stored.width() + fromX)
            * RgbImage.CHANNELS;
        int to = (y * width + x) * RgbImage.CHANNELS;
        System.arraycopy(image.rgb(), from, turned.rgb(), to, RgbImage.CHANNELS);
      }
    }
    return turned;
  }
}
