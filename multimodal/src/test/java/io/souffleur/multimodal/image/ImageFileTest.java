package io.souffleur.multimodal.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.multimodal.ImageSize;
import io.souffleur.multimodal.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Properties;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageFileTest {
  private static final ImageSize SIZE = new ImageSize(24, 16);
  private static final int EXIF_SEGMENT_AT = 2;

  /** A long run takes {@code -Dspoilt.files=2000}: minutes. */
  private static final int SPOILT_FILES = Integer.getInteger("spoilt.files", 60);

  private static byte[] picture(String name) throws IOException {
    try (InputStream in =
        ImageFileTest.class.getResourceAsStream("/io/souffleur/multimodal/pictures/" + name)) {
      return in.readAllBytes();
    }
  }

  private static RgbImage decoded(byte[] file) throws ImageRefused {
    return ImageFile.open(file, ImageLimits.DEFAULT).decode();
  }

  @TestFactory
  Stream<DynamicTest> everyKindOfFileGivesThePixelsOfItsOwnLibrary() throws IOException {
    var expected = new Properties();
    try (InputStream in = ImageFileTest.class.getResourceAsStream(
        "/io/souffleur/multimodal/pictures/expected.properties")) {
      expected.load(in);
    }
    return expected.stringPropertyNames().stream()
        .sorted()
        .map(name -> DynamicTest.dynamicTest(name, () -> {
          byte[] rgb = decoded(picture(name)).rgb();
          byte[] digest = MessageDigest.getInstance("SHA-256").digest(rgb);
          assertEquals(
              expected.getProperty(name), HexFormat.of().formatHex(digest) + " " + rgb.length);
        }));
  }

  /** Other conversions of colour planes are as right: CMYK has no one formula, WebP no one upsampling. */
  @ParameterizedTest
  @CsvSource({"cmyk.jpg, 24", "lossy.webp, 24"})
  void coloursThatMustBeConvertedStayNear(String name, int limit) throws Exception {
    byte[] rgb = decoded(picture(name)).rgb();
    byte[] original = decoded(picture("rgb.png")).rgb();
    long difference = IntStream.range(0, rgb.length)
        .mapToLong(i -> Math.abs((rgb[i] & 0xff) - (original[i] & 0xff)))
        .sum();
    assertTrue(difference / rgb.length < limit, "mean difference " + difference / rgb.length);
  }

  @TestFactory
  Stream<DynamicTest> anImageIsTurnedUprightAsItsCameraNoted() {
    return IntStream.rangeClosed(1, 8)
        .mapToObj(number -> DynamicTest.dynamicTest("orientation " + number, () -> {
          byte[] upright = picture("baseline.jpg");
          RgbImage stored = decoded(upright);
          ImageFile file = ImageFile.open(withOrientation(upright, number), ImageLimits.DEFAULT);
          RgbImage shown = file.decode();
          assertEquals(number < 5 ? SIZE : new ImageSize(16, 24), shown.size());
          assertEquals(file.size(), shown.size());
          for (int y = 0; y < SIZE.height(); y++) {
            for (int x = 0; x < SIZE.width(); x++) {
              assertEquals(pixel(stored, x, y), pixelSeen(shown, number, x, y));
            }
          }
        }));
  }

  /** The pixel of the shown image at which the stored pixel (x, y) must appear: EXIF's table. */
  private static int pixelSeen(RgbImage shown, int number, int x, int y) {
    int right = SIZE.width() - 1 - x;
    int below = SIZE.height() - 1 - y;
    return switch (number) {
      case 1 -> pixel(shown, x, y);
      case 2 -> pixel(shown, right, y);
      case 3 -> pixel(shown, right, below);
      case 4 -> pixel(shown, x, below);
      case 5 -> pixel(shown, y, x);
      case 6 -> pixel(shown, below, x);
      case 7 -> pixel(shown, below, right);
      default -> pixel(shown, y, right);
    };
  }

  private static int pixel(RgbImage image, int x, int y) {
    int at = (y * image.size().width() + x) * RgbImage.CHANNELS;
    byte[] rgb = image.rgb();
    return (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff;
  }

  private static byte[] withOrientation(byte[] jpeg, int number) throws IOException {
    var file = new ByteArrayOutputStream();
    file.write(jpeg, 0, EXIF_SEGMENT_AT);
    file.write(HexFormat.of()
        .parseHex("ffe10022457869660000" + "4d4d002a00000008" + "0001" + "011200030000000100" + "0"
            + number + "0000" + "00000000"));
    file.write(jpeg, EXIF_SEGMENT_AT, jpeg.length - EXIF_SEGMENT_AT);
    return file.toByteArray();
  }

  @Test
  void whatIsNoImageIsRefusedByNameOfWhatIs() {
    var refusal = assertThrows(
        ImageRefused.class,
        () -> ImageFile.open("<svg/>".getBytes(StandardCharsets.UTF_8), ImageLimits.DEFAULT));
    assertEquals(ImageRefused.Kind.UNSUPPORTED, refusal.kind());
    assertTrue(refusal.getMessage().contains("JPEG, PNG, WebP, GIF and BMP"));
  }

  @Test
  void limitsAreCheckedBeforeAnythingIsDecoded() throws Exception {
    byte[] png = picture("rgb.png");
    assertTooLarge(png, new ImageLimits(png.length - 1, 1_000, 100, 100), png.length + " bytes");
    assertTooLarge(png, new ImageLimits(png.length, 383, 100, 100), "384 in all");
    assertTooLarge(png, new ImageLimits(png.length, 384, 23, 100), "24x16");
    assertTooLarge(png, new ImageLimits(png.length, 384, 24, 1), "1 times the shorter");
    assertEquals(
        SIZE, ImageFile.open(png, new ImageLimits(png.length, 384, 24, 2)).size());
  }

  private static void assertTooLarge(byte[] file, ImageLimits limits, String words) {
    var refusal = assertThrows(ImageRefused.class, () -> ImageFile.open(file, limits));
    assertEquals(ImageRefused.Kind.TOO_LARGE, refusal.kind());
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
  }

  @TestFactory
  Stream<DynamicTest> brokenFilesAreRefusedOrDecodedButNeverThrowAnythingElse() {
    return Stream.of(
            "baseline.jpg",
            "rgb.png",
            "palette.png",
            "lossless.webp",
            "lossy.webp",
            "offset.gif",
            "rgb.bmp")
        .map(name -> DynamicTest.dynamicTest(name, () -> {
          byte[] whole = picture(name);
          for (int length = 0; length < whole.length; length += 1 + whole.length / 60) {
            tryDecode(Arrays.copyOf(whole, length));
          }
          var random = new Random(7);
          for (int i = 0; i < SPOILT_FILES; i++) {
            byte[] spoilt = whole.clone();
            for (int flips = 0; flips <= i % 4; flips++) {
              spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt();
            }
            tryDecode(spoilt);
          }
        }));
  }

  private static void tryDecode(byte[] file) {
    var limits = new ImageLimits(1 << 20, 100_000, 10_000, 1_000);
    try {
      ImageFile.open(file, limits).decode();
    } catch (ImageRefused expected) {
      assertTrue(expected.getMessage().length() > 10);
    }
  }
}
