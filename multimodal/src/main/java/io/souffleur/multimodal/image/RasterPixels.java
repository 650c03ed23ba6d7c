package io.souffleur.multimodal.image;

import io.souffleur.multimodal.ImageSize;
import io.souffleur.multimodal.RgbImage;
import java.awt.Point;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The stored samples of a decoded image as RGB.
 *
 * <p>Samples are taken as they are: asking the image for sRGB colours would put grey levels through a
 * gamma curve. One or two bands are grey (and alpha), three or four RGB (and alpha); of 16-bit samples the
 * high byte is taken.
 */
final class RasterPixels {
  private static final int BYTE_BITS = 8;

  private RasterPixels() {}

  /** {@code image} laid at {@code at} on a black canvas of {@code size}. */
  static RgbImage rgb(BufferedImage image, Point at, ImageSize size) throws ImageRefused {
    RgbImage canvas = RgbImage.blank(size);
    Raster raster = image.getRaster();
    int width = Math.min(image.getWidth(), size.width() - at.x);
    int height = Math.min(image.getHeight(), size.height() - at.y);
    int bands = raster.getNumBands();
    var row = new int[width * bands];
    Levels levels = levels(image);
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      int out = ((at.y + y) * size.width() + at.x) * RgbImage.CHANNELS;
      for (int x = 0; x < width; x++, out += RgbImage.CHANNELS) {
        levels.put(row, x * bands, canvas.rgb(), out);
      }
    }
    return canvas;
  }

  /** Turns the samples of one pixel into three levels. */
  private interface Levels {
    void put(int[] samples, int at, byte[] rgb, int out);
  }

  private static Levels levels(BufferedImage image) throws ImageRefused {
    Raster raster = image.getRaster();
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return palette(palette);
    }
    int depth = raster.getSampleModel().getSampleSize(0);
    int shift = Math.max(0, depth - BYTE_BITS);
    int stretch = depth < BYTE_BITS ? 255 / ((1 << depth) - 1) : 1;
    int type = raster.getDataBuffer().getDataType();
    if (type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE) {
      throw new ImageRefused(
          ImageRefused.Kind.UNSUPPORTED, "images with floating point samples are not read");
    }
    return raster.getNumBands() < RgbImage.CHANNELS
        ? (samples, at, rgb, out) -> {
          byte level = (byte) ((samples[at] >> shift) * stretch);
          rgb[out] = level;
          rgb[out + 1] = level;
          rgb[out + 2] = level;
        }
        : (samples, at, rgb, out) -> {
          rgb[out] = (byte) ((samples[at] >> shift) * stretch);
          rgb[out + 1] = (byte) ((samples[at + 1] >> shift) * stretch);
          rgb[out + 2] = (byte) ((samples[at + 2] >> shift) * stretch);
        };
  }

  /** Indices past the palette's end are black. */
  private static Levels palette(IndexColorModel palette) {
    int size = palette.getMapSize();
    var colours = new int[1 << palette.getPixelSize()];
    for (int i = 0; i < Math.min(size, colours.length); i++) {
      colours[i] = palette.getRed(i) << 16 | palette.getGreen(i) << 8 | palette.getBlue(i);
    }
    return (samples, at, rgb, out) -> {
      int colour = samples[at] < colours.length ? colours[samples[at]] : 0;
      rgb[out] = (byte) (colour >> 16);
      rgb[out + 1] = (byte) (colour >> 8);
      rgb[out + 2] = (byte) colour;
    };
  }
}
