package io.souffleur.multimodal.image;

/**
 * Outline of a GIF file: bytes of extensions before the first frame, and number of frames.
 *
 * <pre>
 *   header(6) screen(7) [colours] | 21 label block* 00 | 2c place(8) flags [colours] lzw(1) block* 00 | 3b
 *   block = size(1) data…
 * </pre>
 */
final class GifScreen {
  private static final int FLAGS_AT = 10;
  private static final int SCREEN_END = 13;
  private static final int EXTENSION = 0x21;
  private static final int FRAME = 0x2c;
  private static final int FRAME_HEAD_BYTES = 10;
  private static final int FRAME_FLAGS_AT = 9;

  private GifScreen() {}

  static void check(byte[] file) throws ImageRefused {
    if (file.length < SCREEN_END) {
      return;
    }
    int at = SCREEN_END + colourBytes(file[FLAGS_AT]);
    int frames = 0;
    int extensionBytes = 0;
    while (at < file.length) {
      int kind = file[at] & 0xff;
      if (kind == EXTENSION) {
        int end = blocksEnd(file, at + 2);
        if (frames == 0) {
          extensionBytes += end - at;
          ImageScreen.limit(
              "bytes of extensions before its first frame",
              extensionBytes,
              ImageScreen.GIF_EXTENSION_BYTES_MAX);
        }
        at = end;
      } else if (kind == FRAME && at + FRAME_HEAD_BYTES < file.length) {
        ImageScreen.checkFrames(++frames);
        int colours = colourBytes(file[at + FRAME_FLAGS_AT]);
        at = blocksEnd(file, at + FRAME_HEAD_BYTES + colours + 1);
      } else {
        return;
      }
    }
  }

  private static int colourBytes(byte flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  /** First byte behind the blocks that begin at {@code start}, or the end of the file. */
  private static int blocksEnd(byte[] file, int start) {
    int at = start;
    while (at < file.length && file[at] != 0) {
      at += 1 + (file[at] & 0xff);
    }
    return Math.min(at + 1, Math.max(start, file.length));
  }
}
