package io.souffleur.multimodal.image;

import java.awt.Point;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageTypeSpecifier;

/**
 * Pixels whose access ends the decoding that should stop.
 *
 * <p>The lossless WebP decoder passes over all pixels once for each transform that a file asks for, as many
 * as it likes, and reads no input meanwhile. Only the pixels see it work.
 */
final class StoppableRaster extends WritableRaster {
  private static final int ACCESSES_PER_CHECK = 4_096;

  private final BooleanSupplier stop;
  private int accesses;

  private StoppableRaster(
      SampleModel model,
      DataBuffer data,
      Rectangle region,
      Point translate,
      WritableRaster parent,
      BooleanSupplier stop) {
    super(model, data, region, translate, parent);
    this.stop = stop;
  }

  /** An empty image of {@code type} over such pixels. */
  static BufferedImage image(ImageTypeSpecifier type, int width, int height, BooleanSupplier stop) {
    SampleModel model = type.getSampleModel(width, height);
    ColorModel colours = type.getColorModel();
    var raster = new StoppableRaster(
        model, model.createDataBuffer(), new Rectangle(width, height), new Point(), null, stop);
    return new BufferedImage(colours, raster, colours.isAlphaPremultiplied(), null);
  }

  private void check() {
    if (++accesses % ACCESSES_PER_CHECK == 0 && stop.getAsBoolean()) {
      throw new CancellationException("stopped");
    }
  }

  @Override
  public Object getDataElements(int x, int y, Object into) {
    check();
    return super.getDataElements(x, y, into);
  }

  @Override
  public void setDataElements(int x, int y, Object from) {
    check();
    super.setDataElements(x, y, from);
  }

  @Override
  public int getSample(int x, int y, int band) {
    check();
    return super.getSample(x, y, band);
  }

  @Override
  public void setSample(int x, int y, int band, int sample) {
    check();
    super.setSample(x, y, band, sample);
  }

  @Override
  public WritableRaster createWritableChild(
      int parentX, int parentY, int width, int height, int minX, int minY, int[] bands) {
    SampleModel model = bands == null ? sampleModel : sampleModel.createSubsetSampleModel(bands);
    var translate =
        new Point(sampleModelTranslateX + minX - parentX, sampleModelTranslateY + minY - parentY);
    return new StoppableRaster(
        model, dataBuffer, new Rectangle(minX, minY, width, height), translate, this, stop);
  }
}
