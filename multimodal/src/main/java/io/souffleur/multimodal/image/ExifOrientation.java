package io.souffleur.multimodal.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The orientation number in the EXIF segment of a JPEG file.
 *
 * <p>Reads that one entry and allocates nothing by a count or length of the file: a general reader of
 * such directories takes memory for whatever size an entry claims.
 */
final class ExifOrientation {
  /** No number, or none that can be read. */
  static final int NONE = 0;

  private static final byte[] EXIF = "Exif\0".getBytes(StandardCharsets.US_ASCII);
  private static final int TIFF_AT = EXIF.length + 1;
  private static final int APP1 = 0xe1;
  private static final int TAG = 0x0112;
  private static final int ENTRY_BYTES = 12;
  private static final int FIRST_DIRECTORY_AT = 4;
  private static final int VALUE_AT = 8;

  private ExifOrientation() {}

  static int number(byte[] jpeg) {
    var segments = new JpegSegments(jpeg);
    while (segments.next()) {
      if (segments.marker() == APP1 && isExif(jpeg, segments)) {
        int from = segments.dataAt() + TIFF_AT;
        return inTiff(ByteBuffer.wrap(jpeg, from, segments.end() - from).slice());
      }
    }
    return NONE;
  }

  private static boolean isExif(byte[] jpeg, JpegSegments at) {
    return at.end() - at.dataAt() > TIFF_AT
        && Arrays.equals(jpeg, at.dataAt(), at.dataAt() + EXIF.length, EXIF, 0, EXIF.length);
  }

  private static int inTiff(ByteBuffer tiff) {
    if (tiff.limit() < FIRST_DIRECTORY_AT + Integer.BYTES || tiff.get(0) != tiff.get(1)) {
      return NONE;
    }
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long directory = Integer.toUnsignedLong(tiff.getInt(FIRST_DIRECTORY_AT));
    if (directory + Short.BYTES > tiff.limit()) {
      return NONE;
    }
    int entries = Short.toUnsignedInt(tiff.getShort((int) directory));
    for (int i = 0; i < entries; i++) {
      long entry = directory + Short.BYTES + (long) i * ENTRY_BYTES;
      if (entry + ENTRY_BYTES > tiff.limit()) {
        return NONE;
      }
      if (Short.toUnsignedInt(tiff.getShort((int) entry)) == TAG) {
        return value(tiff, (int) entry);
      }
    }
    return NONE;
  }

  /** Bytes, shorts and longs are in use, a short is what EXIF asks for. */
  private static int value(ByteBuffer tiff, int entry) {
    return switch (tiff.getShort(entry + Short.BYTES)) {
      case 1 -> Byte.toUnsignedInt(tiff.get(entry + VALUE_AT));
      case 3 -> Short.toUnsignedInt(tiff.getShort(entry + VALUE_AT));
      case 4 -> tiff.getInt(entry + VALUE_AT);
      default -> NONE;
    };
  }
}
