package io.souffleur.multimodal;

import java.util.Arrays;

/**
 * Resizes 8-bit RGB images: antialiased bicubic, rows first, then columns, each rounded to 8 bits.
 *
 * <p>Equal to Pillow's to the bit. Integer arithmetic after the weights, so the result does not depend
 * on the machine. Stateless.
 */
public final class BicubicResampler {
  private BicubicResampler() {}

  /** {@code image} at {@code size}; the image itself when it has that size. */
  public static RgbImage resize(RgbImage image, ImageSize size) {
    RgbImage narrowed =
        image.size().width() == size.width() ? image : resizeRows(image, size.width());
    return narrowed.size().height() == size.height()
        ? narrowed
        : resizeColumns(narrowed, size.height());
  }

  private static RgbImage resizeRows(RgbImage image, int width) {
    ImageSize from = image.size();
    var weights = ResampleWeights.of(from.width(), width);
    RgbImage resized = RgbImage.blank(new ImageSize(width, from.height()));
    byte[] in = image.rgb();
    byte[] out = resized.rgb();
    int[] taps = weights.weights();
    for (int y = 0; y < from.height(); y++) {
      int rowStart = y * from.width() * RgbImage.CHANNELS;
      int at = y * width * RgbImage.CHANNELS;
      for (int x = 0; x < width; x++) {
        int tap = x * weights.width();
        int end = tap + weights.count()[x];
        int pixel = rowStart + weights.first()[x] * RgbImage.CHANNELS;
        int red = ResampleWeights.HALF;
        int green = ResampleWeights.HALF;
        int blue = ResampleWeights.HALF;
        for (; tap < end; tap++, pixel += RgbImage.CHANNELS) {
          red += (in[pixel] & 0xff) * taps[tap];
          green += (in[pixel + 1] & 0xff) * taps[tap];
          blue += (in[pixel + 2] & 0xff) * taps[tap];
        }
        out[at++] = level(red);
        out[at++] = level(green);
        out[at++] = level(blue);
      }
    }
    return resized;
  }

  /** One output row at a time: every sum of the row grows tap by tap, which the compiler vectorises. */
  private static RgbImage resizeColumns(RgbImage image, int height) {
    ImageSize from = image.size();
    var weights = ResampleWeights.of(from.height(), height);
    RgbImage resized = RgbImage.blank(new ImageSize(from.width(), height));
    byte[] in = image.rgb();
    byte[] out = resized.rgb();
    int rowBytes = from.width() * RgbImage.CHANNELS;
    var sums = new int[rowBytes];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, ResampleWeights.HALF);
      for (int i = 0; i < weights.count()[y]; i++) {
        int weight = weights.weights()[y * weights.width() + i];
        int start = (weights.first()[y] + i) * rowBytes;
        for (int x = 0; x < rowBytes; x++) {
          sums[x] += (in[start + x] & 0xff) * weight;
        }
      }
      for (int x = 0; x < rowBytes; x++) {
        out[y * rowBytes + x] = level(sums[x]);
      }
    }
    return resized;
  }

  private static byte level(int sum) {
    return (byte) Math.clamp(sum >> ResampleWeights.FRACTION_BITS, 0, 255);
  }
}
