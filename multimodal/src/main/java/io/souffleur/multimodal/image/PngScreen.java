package io.souffleur.multimodal.image;

import java.nio.ByteBuffer;

/**
 * Outline of a PNG file: lengths of chunks, their number, and the frames that an animated one announces.
 *
 * <pre>
 *   signature(8) | length(4) type(4) data… crc(4) | …
 * </pre>
 */
final class PngScreen {
  private static final int SIGNATURE_BYTES = 8;
  private static final int HEAD_BYTES = 8;
  private static final int CRC_BYTES = 4;
  private static final int IMAGE_DATA = 0x49444154;
  private static final int FRAME_DATA = 0x66644154;
  private static final int ANIMATION = 0x6163544c;
  private static final int END = 0x49454e44;

  private PngScreen() {}

  static void check(byte[] file) throws ImageRefused {
    ByteBuffer png = ByteBuffer.wrap(file);
    int chunks = 0;
    long at = SIGNATURE_BYTES;
    while (at + HEAD_BYTES <= file.length) {
      int length = png.getInt((int) at);
      int type = png.getInt((int) at + Integer.BYTES);
      boolean whole = length >= 0 && at + HEAD_BYTES + length <= file.length;
      if (type == IMAGE_DATA) {
        if (!whole) {
          return;
        }
      } else if (!whole) {
        throw ImageScreen.malformed(
            ImageFormat.PNG,
            "a chunk claims " + Integer.toUnsignedString(length) + " bytes, more than are left");
      } else if (type != FRAME_DATA) {
        ImageScreen.checkChunks(++chunks);
      }
      if (type == ANIMATION && length >= Integer.BYTES) {
        int frames = png.getInt((int) at + HEAD_BYTES);
        ImageScreen.checkFrames(frames < 0 ? Integer.MAX_VALUE : frames);
      }
      if (type == END) {
        return;
      }
      at += HEAD_BYTES + (long) length + CRC_BYTES;
    }
  }
}
