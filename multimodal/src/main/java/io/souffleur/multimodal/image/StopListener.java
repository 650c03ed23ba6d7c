package io.souffleur.multimodal.image;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;

/**
 * Ends a reading that should stop; asked after each row that the reader reports.
 *
 * @param nativeReader whether the reader calls from native code, which must be asked to abort; others
 *     do not look for that and are ended by an exception
 */
record StopListener(BooleanSupplier stop, boolean nativeReader) implements IIOReadProgressListener {
  @Override
  public void imageProgress(ImageReader source, float percentageDone) {
    if (stop.getAsBoolean()) {
      if (!nativeReader) {
        throw new CancellationException("stopped");
      }
      source.abort();
    }
  }

  @Override
  public void imageStarted(ImageReader source, int imageIndex) {
    imageProgress(source, 0);
  }

  @Override
  public void sequenceStarted(ImageReader source, int minIndex) {}

  @Override
  public void sequenceComplete(ImageReader source) {}

  @Override
  public void imageComplete(ImageReader source) {}

  @Override
  public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

  @Override
  public void thumbnailProgress(ImageReader source, float percentageDone) {}

  @Override
  public void thumbnailComplete(ImageReader source) {}

  @Override
  public void readAborted(ImageReader source) {}
}
