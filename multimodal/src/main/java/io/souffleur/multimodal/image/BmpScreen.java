package io.souffleur.multimodal.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Outline of a BMP file: where the pixels begin, and how they are coded. */
final class BmpScreen {
  private static final int OFFSET_AT = 10;
  private static final int HEADER_SIZE_AT = 14;
  private static final int COMPRESSION_AT = 30;
  private static final int CORE_HEADER_BYTES = 12;
  private static final int JPEG_INSIDE = 4;

  private BmpScreen() {}

  static void check(byte[] file) throws ImageRefused {
    ByteBuffer bmp = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < COMPRESSION_AT + Integer.BYTES) {
      if (file.length < HEADER_SIZE_AT + CORE_HEADER_BYTES) {
        throw ImageScreen.malformed(ImageFormat.BMP, "it ends in its header");
      }
      return;
    }
    if (Integer.toUnsignedLong(bmp.getInt(OFFSET_AT)) > file.length) {
      throw ImageScreen.malformed(ImageFormat.BMP, "its pixels begin behind its end");
    }
    boolean core = bmp.getInt(HEADER_SIZE_AT) == CORE_HEADER_BYTES;
    int compression = core ? 0 : bmp.getInt(COMPRESSION_AT);
    if (compression < 0 || compression >= JPEG_INSIDE) {
      throw ImageScreen.unsupported(
          ImageFormat.BMP, "another image is wrapped in it, or its compression is unknown");
    }
  }
}
