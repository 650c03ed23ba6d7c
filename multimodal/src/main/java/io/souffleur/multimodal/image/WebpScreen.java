package io.souffleur.multimodal.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Outline of a WebP file: number of chunks and frames, and that no bit stream is larger than the canvas
 * or the frame it lies in, whose extent is what limits are checked against.
 *
 * <pre>
 *   RIFF size(4) WEBP | type(4) length(4) data… [pad] | …
 *   VP8X  flags(4) width-1(3) height-1(3)
 *   ANMF  x(3) y(3) width-1(3) height-1(3) duration(3) flags(1) chunks…
 *   VP8   tag(3) 9d 01 2a width(2) height(2)
 *   VP8L  2f, 14 bits width-1, 14 bits height-1
 * </pre>
 */
final class WebpScreen {
  private static final int FIRST_CHUNK_AT = 12;
  private static final int HEAD_BYTES = 8;
  private static final int FRAME_HEAD_BYTES = 16;
  private static final int EXTENDED = 0x58385056;
  private static final int FRAME = 0x464d4e41;
  private static final int LOSSY = 0x20385056;
  private static final int LOSSLESS = 0x4c385056;
  private static final int SIDE_MASK = 0x3fff;
  private static final int SIDE_BITS = 14;

  private static final int ALPHA = 0x48504c41;
  private static final int SKIPPED = 0x50494b53;

  private final ByteBuffer webp;
  private int chunks;
  private int frames;

  private WebpScreen(byte[] file) {
    this.webp = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  static void check(byte[] file) throws ImageRefused {
    new WebpScreen(file).walk(FIRST_CHUNK_AT, file.length, SIDE_MASK + 1, SIDE_MASK + 1);
  }

  /**
   * {@code file}, or a copy in which readers pass over its alpha planes: alpha is dropped anyway, and
   * decoding it has no end that we could set.
   */
  static byte[] withoutAlpha(byte[] file) {
    byte[] seen = file;
    ByteBuffer from = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long at = FIRST_CHUNK_AT;
    while (at + HEAD_BYTES <= file.length) {
      int type = from.getInt((int) at);
      long length = Integer.toUnsignedLong(from.getInt((int) at + Integer.BYTES));
      if (type == ALPHA) {
        seen = seen == file ? file.clone() : seen;
        ByteBuffer.wrap(seen).order(ByteOrder.LITTLE_ENDIAN).putInt((int) at, SKIPPED);
      }
      boolean enters = type == FRAME && length >= FRAME_HEAD_BYTES;
      at += HEAD_BYTES + (enters ? FRAME_HEAD_BYTES : length + (length & 1));
    }
    return seen;
  }

  private void walk(int start, int end, int widthMax, int heightMax) throws ImageRefused {
    int width = widthMax;
    int height = heightMax;
    long at = start;
    while (at + HEAD_BYTES <= end) {
      ImageScreen.checkChunks(++chunks);
      int type = webp.getInt((int) at);
      long length = Integer.toUnsignedLong(webp.getInt((int) at + Integer.BYTES));
      int data = (int) at + HEAD_BYTES;
      int dataEnd = (int) Math.min(end, data + length);
      if (type == EXTENDED && dataEnd - data >= 10) {
        width = side24(data + 4);
        height = side24(data + 7);
      } else if (type == FRAME && dataEnd - data >= FRAME_HEAD_BYTES) {
        ImageScreen.checkFrames(++frames);
        walk(data + FRAME_HEAD_BYTES, dataEnd, side24(data + 6), side24(data + 9));
      } else if (type == LOSSY && dataEnd - data >= 10) {
        checkStream(webp.getShort(data + 6), webp.getShort(data + 8), 0, width, height);
      } else if (type == LOSSLESS && dataEnd - data >= 5) {
        int sides = webp.getInt(data + 1);
        checkStream(sides, sides >>> SIDE_BITS, 1, width, height);
      }
      at = data + length + (length & 1);
    }
  }

  private static void checkStream(int width, int height, int plus, int widthMax, int heightMax)
      throws ImageRefused {
    int streamWidth = (width & SIDE_MASK) + plus;
    int streamHeight = (height & SIDE_MASK) + plus;
    if (streamWidth > widthMax || streamHeight > heightMax) {
      throw ImageScreen.malformed(
          ImageFormat.WEBP,
          "its bit stream is " + streamWidth + "x" + streamHeight + " pixels, on a canvas of "
              + widthMax + "x" + heightMax);
    }
  }

  private int side24(int at) {
    return 1 + ((webp.getShort(at) & 0xffff) | (webp.get(at + 2) & 0xff) << 16);
  }
}
