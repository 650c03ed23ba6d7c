package io.souffleur.multimodal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Lays an image out as the tower reads it: patch images in order (source view, then slices), patches row
 * by row, and within a patch channel, y, x.
 *
 * <p>Levels stay 8 bits; the tower's first step turns them into {@code (level / 255 - mean) / std}.
 */
public final class PatchWriter {
  private PatchWriter() {}

  /** Bytes that {@link #write} fills: U8 [plan.patches(), 3 · patchSize²]. */
  public static long bytes(SlicePlan plan) {
    return plan.patches() * patchBytes(plan.patchSize());
  }

  /** Bytes of one patch. */
  public static int patchBytes(int patchSize) {
    return RgbImage.CHANNELS * patchSize * patchSize;
  }

  /** Resizes, cuts and writes {@code image} into {@code target}, which has {@link #bytes} bytes. */
  public static void write(RgbImage image, SlicePlan plan, MemorySegment target) {
    if (!image.size().equals(plan.image()) || target.byteSize() < bytes(plan)) {
      throw new IllegalArgumentException("an image of " + image.size() + " into "
          + target.byteSize() + " bytes; the plan is for " + plan.image() + " and needs "
          + bytes(plan));
    }
    RgbImage source = BicubicResampler.resize(image, plan.source());
    var patches = new byte[patchBytes(plan.patchSize())];
    long at = writeView(source, 0, 0, plan.source(), plan.patchSize(), patches, target, 0);
    if (!plan.sliced()) {
      return;
    }
    RgbImage refined = BicubicResampler.resize(image, plan.refined());
    ImageSize slice = plan.slice();
    for (int row = 0; row < plan.rows(); row++) {
      for (int column = 0; column < plan.columns(); column++) {
        int left = column * slice.width();
        int top = row * slice.height();
        at = writeView(refined, left, top, slice, plan.patchSize(), patches, target, at);
      }
    }
  }

  private static long writeView(
      RgbImage image,
      int left,
      int top,
      ImageSize view,
      int patchSize,
      byte[] patch,
      MemorySegment target,
      long start) {
    long at = start;
    for (int y = 0; y < view.height(); y += patchSize) {
      for (int x = 0; x < view.width(); x += patchSize) {
        takePatch(image, left + x, top + y, patchSize, patch);
        MemorySegment.copy(patch, 0, target, ValueLayout.JAVA_BYTE, at, patch.length);
        at += patch.length;
      }
    }
    return at;
  }

  private static void takePatch(RgbImage image, int left, int top, int patchSize, byte[] patch) {
    byte[] rgb = image.rgb();
    int plane = patchSize * patchSize;
    int at = 0;
    for (int y = 0; y < patchSize; y++) {
      int pixel = ((top + y) * image.size().width() + left) * RgbImage.CHANNELS;
      for (int x = 0; x < patchSize; x++, at++, pixel += RgbImage.CHANNELS) {
        patch[at] = rgb[pixel];
        patch[plane + at] = rgb[pixel + 1];
        patch[2 * plane + at] = rgb[pixel + 2];
      }
    }
  }
}
