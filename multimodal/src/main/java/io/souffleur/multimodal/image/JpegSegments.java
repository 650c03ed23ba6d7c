package io.souffleur.multimodal.image;

/**
 * Walks the segments of a JPEG file up to its first scan; ends early where the file does.
 *
 * <pre>
 *   ff d8 | ff marker  length(2)  data … | ff marker  length(2)  data … | ff da
 *                      ^ counts itself
 * </pre>
 */
final class JpegSegments {
  static final int START_OF_SCAN = 0xda;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int START_OF_IMAGE_BYTES = 2;
  private static final int LENGTH_BYTES = 2;

  private final byte[] file;
  private int marker;
  private int dataAt;
  private int end = START_OF_IMAGE_BYTES;

  JpegSegments(byte[] file) {
    this.file = file;
  }

  /** Moves on; false at the first scan, the end of the image or of the file, or where no marker is. */
  boolean next() {
    int at = end;
    if (at >= file.length || (file[at] & 0xff) != 0xff) {
      return false;
    }
    while (at < file.length && (file[at] & 0xff) == 0xff) {
      at++;
    }
    if (at + LENGTH_BYTES >= file.length) {
      return false;
    }
    marker = file[at] & 0xff;
    int length = (file[at + 1] & 0xff) << 8 | file[at + 2] & 0xff;
    dataAt = at + 1 + LENGTH_BYTES;
    end = at + 1 + length;
    return marker != END_OF_IMAGE
        && marker != START_OF_SCAN
        && length >= LENGTH_BYTES
        && end <= file.length;
  }

  int marker() {
    return marker;
  }

  /** First byte behind the length. */
  int dataAt() {
    return dataAt;
  }

  /** First byte behind the segment. */
  int end() {
    return end;
  }
}
