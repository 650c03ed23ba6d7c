package io.souffleur.multimodal;

import java.util.ArrayList;
import java.util.List;

/**
 * How one image becomes patch images: the whole of it, small, and, if it is large, its slices.
 *
 * <pre>
 *   source view   the image at about scaleResolution² pixels
 *   refined       the image at rows · columns times that; cut into slices, row by row
 * </pre>
 *
 * <p>Follows the processor of MiniCPM-V 4.6 in double arithmetic and half-even rounding, so that sizes
 * are equal to the published ones for every input. Source: its transformers implementation.
 *
 * @param image the image as decoded
 * @param source extent of the source view
 * @param rows rows of slices, 0 when it is not cut
 * @param columns columns of slices, 0 when it is not cut
 * @param slice extent of one slice; that of the source view when it is not cut
 * @param patchSize side of a patch in pixels
 */
public record SlicePlan(
    ImageSize image, ImageSize source, int rows, int columns, ImageSize slice, int patchSize) {

  public static SlicePlan of(ImageSize image, SliceSettings settings) {
    int[] grid = settings.slicing() ? grid(image, settings) : new int[] {0, 0};
    boolean sliced = grid[0] > 0;
    ImageSize source = fitted(image.height(), image.width(), settings, !sliced);
    if (!sliced) {
      return new SlicePlan(image, source, 0, 0, source, settings.patchSize());
    }
    int rows = grid[0];
    int columns = grid[1];
    double sliceHeight = (double) snapped(image.height(), rows) / rows;
    double sliceWidth = (double) snapped(image.width(), columns) / columns;
    ImageSize slice = fitted(sliceHeight, sliceWidth, settings, true);
    return new SlicePlan(image, source, rows, columns, slice, settings.patchSize());
  }

  public boolean sliced() {
    return rows > 0;
  }

  /** Extent that the image is resized to before it is cut; meaningful when {@link #sliced}. */
  public ImageSize refined() {
    return new ImageSize(slice.width() * columns, slice.height() * rows);
  }

  /** Grids of all patch images: the source view, then the slices row by row. */
  public List<PatchGrid> patchGrids() {
    var grids = new ArrayList<PatchGrid>(1 + rows * columns);
    grids.add(PatchGrid.of(source, patchSize));
    for (int i = 0; i < rows * columns; i++) {
      grids.add(PatchGrid.of(slice, patchSize));
    }
    return List.copyOf(grids);
  }

  /** Patches of all patch images. */
  public long patches() {
    long ofSlices = (long) rows * columns * PatchGrid.of(slice, patchSize).patches();
    return PatchGrid.of(source, patchSize).patches() + ofSlices;
  }

  /** Visual tokens of all patch images. */
  public long tokens(Downsample mode) {
    long ofSlices = (long) rows * columns * mode.tokens(PatchGrid.of(slice, patchSize));
    return mode.tokens(PatchGrid.of(source, patchSize)) + ofSlices;
  }

  /** Rows and columns whose ratio is nearest to the image's, {@code {0, 0}} for an image left whole. */
  private static int[] grid(ImageSize image, SliceSettings settings) {
    double wanted = Math.ceil((double) image.pixels() / settings.targetArea());
    int slices = (int) Math.min(wanted, settings.maxSlices());
    int[] best = {0, 0};
    if (slices <= 1) {
      return best;
    }
    double ratio = Math.log((double) image.width() / image.height());
    double leastError = Double.POSITIVE_INFINITY;
    for (int candidate = slices - 1; candidate <= slices + 1; candidate++) {
      if (candidate == 1 || candidate > settings.maxSlices()) {
        continue;
      }
      for (int columns = 1; columns <= candidate; columns++) {
        if (candidate % columns != 0) {
          continue;
        }
        int rows = candidate / columns;
        double error = Math.abs(ratio - Math.log((double) columns / rows));
        if (error < leastError) {
          leastError = error;
          best[0] = rows;
          best[1] = columns;
        }
      }
    }
    return best;
  }

  /** The extent near the target area that keeps the ratio and is a multiple of the unit. */
  private static ImageSize fitted(
      double height, double width, SliceSettings settings, boolean upscale) {
    double fittedHeight = height;
    double fittedWidth = width;
    if (upscale || height * width > settings.targetArea()) {
      double ratio = width / height;
      fittedHeight = (long) (settings.scaleResolution() / Math.sqrt(ratio));
      fittedWidth = (long) (fittedHeight * ratio);
    }
    return new ImageSize(
        snapped(fittedWidth, settings.unit()), snapped(fittedHeight, settings.unit()));
  }

  /** The multiple of {@code step} nearest to {@code extent}, at least one step. */
  private static int snapped(double extent, int step) {
    long multiple = (long) Math.rint(extent / step) * step;
    return Math.toIntExact(Math.max(multiple, step));
  }
}
