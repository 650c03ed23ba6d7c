package io.souffleur.multimodal.image;

import com.twelvemonkeys.imageio.metadata.CompoundDirectory;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEG;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegment;
import com.twelvemonkeys.imageio.metadata.jpeg.JPEGSegmentUtil;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import io.souffleur.multimodal.ImageSize;
import io.souffleur.multimodal.RgbImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import javax.imageio.stream.MemoryCacheImageInputStream;

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
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      List<JPEGSegment> segments = JPEGSegmentUtil.readSegments(stream, JPEG.APP1, "Exif");
      for (JPEGSegment segment : segments) {
        InputStream data = segment.data();
        data.skipNBytes(1); // the second NUL behind "Exif": offsets count from the byte after it
        try (var tiff = new MemoryCacheImageInputStream(data)) {
          Directory directory = new TIFFReader().read(tiff);
          return of(first(directory).getEntryById(TIFF.TAG_ORIENTATION));
        }
      }
    } catch (IOException | RuntimeException notReadable) {
      return UPRIGHT;
    }
    return UPRIGHT;
  }

  private static Directory first(Directory directory) {
    return directory instanceof CompoundDirectory several && several.directoryCount() > 0
        ? several.getDirectory(0)
        : directory;
  }

  private static Orientation of(Entry entry) {
    if (entry != null && entry.getValue() instanceof Number number) {
      int index = number.intValue() - 1;
      return index >= 0 && index < values().length ? values()[index] : UPRIGHT;
    }
    return UPRIGHT;
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
