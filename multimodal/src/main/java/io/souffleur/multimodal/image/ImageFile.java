package io.souffleur.multimodal.image;

import io.souffleur.multimodal.ImageSize;
import io.souffleur.multimodal.RgbImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/**
 * An encoded image whose header was read: format, extent as it will be shown, and the way to its pixels.
 *
 * <pre>
 *   open: first bytes → format → header → limits     (no pixel is decoded)
 *   decode: pixels → RGB → turned upright as EXIF says
 * </pre>
 *
 * <p>Of animated files the first frame counts. Alpha is dropped, not blended, and colour profiles are not
 * applied, as the model's own processor has it. Not thread-safe, to be used once.
 */
public final class ImageFile {
  private static final BooleanSupplier NEVER = () -> false;
  private static final long HEADER_ALLOCATION_MAX = 32L * 1024 * 1024;

  private final byte[] bytes;
  private final ImageFormat format;
  private final ImageSize stored;
  private final Orientation orientation;

  private ImageFile(byte[] bytes, ImageFormat format, ImageSize stored, Orientation orientation) {
    this.bytes = bytes;
    this.format = format;
    this.stored = stored;
    this.orientation = orientation;
  }

  /** Reads the header. {@code bytes} are kept, not copied. */
  public static ImageFile open(byte[] bytes, ImageLimits limits) throws ImageRefused {
    limits.checkFile(bytes.length);
    ImageFormat format = ImageFormat.of(bytes)
        .orElseThrow(() -> new ImageRefused(
            ImageRefused.Kind.UNSUPPORTED,
            "the file is not an image we read; JPEG, PNG, WebP, GIF and BMP are"));
    ImageScreen.check(bytes, format);
    ImageSize size = reading(bytes, format, HEADER_ALLOCATION_MAX, NEVER, ImageFile::headerSize);
    limits.checkSize(size);
    Orientation orientation =
        format == ImageFormat.JPEG ? Orientation.ofJpeg(bytes) : Orientation.UPRIGHT;
    return new ImageFile(bytes, format, size, orientation);
  }

  public ImageFormat format() {
    return format;
  }

  /** Extent after turning upright. */
  public ImageSize size() {
    return orientation.shown(stored);
  }

  /** Decodes the first frame. */
  public RgbImage decode() throws ImageRefused {
    return decode(NEVER);
  }

  /**
   * Decodes the first frame unless told to stop.
   *
   * @param stop asked as input is read and pixels are written
   */
  public RgbImage decode(BooleanSupplier stop) throws ImageRefused {
    byte[] seen = format == ImageFormat.WEBP ? WebpScreen.withoutAlpha(bytes) : bytes;
    long allocationMax = 2 * format.decodeBytes(stored) + HEADER_ALLOCATION_MAX;
    RgbImage pixels = reading(seen, format, allocationMax, stop, reader -> {
      reader.addIIOReadProgressListener(new StopListener(stop, format == ImageFormat.JPEG));
      BufferedImage decoded = reader.read(0, parameters(reader, stop));
      if (stop.getAsBoolean()) {
        throw stopped();
      }
      return RasterPixels.rgb(decoded, GifFrame.placement(format, reader, decoded, stored), stored);
    });
    return orientation.turn(pixels);
  }

  /** WebP is decoded onto pixels that can end it; the type is the one that its reader would take. */
  private ImageReadParam parameters(ImageReader reader, BooleanSupplier stop) throws IOException {
    ImageReadParam parameters = reader.getDefaultReadParam();
    if (format == ImageFormat.WEBP) {
      ImageTypeSpecifier type = reader.getImageTypes(0).next();
      parameters.setDestination(
          StoppableRaster.image(type, reader.getWidth(0), reader.getHeight(0), stop));
    }
    return parameters;
  }

  private static ImageSize headerSize(ImageReader reader) throws IOException {
    ImageSize frame = new ImageSize(reader.getWidth(0), reader.getHeight(0));
    return GifFrame.canvas(reader, frame);
  }

  private interface Reading<T> {
    T from(ImageReader reader) throws IOException, ImageRefused;
  }

  /**
   * Readers throw anything over broken files; whatever it is, the file is to blame. Metadata is read of
   * GIF only, whose canvas stands there: text in a PNG would be inflated.
   */
  private static <T> T reading(
      byte[] bytes,
      ImageFormat format,
      long allocationMax,
      BooleanSupplier stop,
      Reading<T> reading)
      throws ImageRefused {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.readerName());
    if (!readers.hasNext()) {
      throw new IllegalStateException("no reader for " + format + " is on the class path");
    }
    ImageReader reader = readers.next();
    var input = new ByteInput(bytes, allocationMax, stop);
    try (input) {
      reader.setInput(input, false, format != ImageFormat.GIF);
      return reading.from(reader);
    } catch (IOException | RuntimeException broken) {
      if (stop.getAsBoolean()) {
        throw stopped();
      }
      if (input.greedy()) {
        throw new ImageRefused(
            ImageRefused.Kind.TOO_LARGE,
            "decoding the " + format + " file takes more memory than its extent explains",
            broken);
      }
      throw new ImageRefused(
          ImageRefused.Kind.MALFORMED,
          "the " + format + " file is broken: " + reason(broken),
          broken);
    } finally {
      reader.dispose();
    }
  }

  private static ImageRefused stopped() {
    return new ImageRefused(ImageRefused.Kind.STOPPED, "decoding the image was stopped");
  }

  private static String reason(Exception broken) {
    boolean worded = broken instanceof IIOException && broken.getMessage() != null;
    return worded ? broken.getMessage() : "it cannot be decoded";
  }
}
