package io.souffleur.multimodal.image;

/** Outline of a JPEG file: kind of coding, number of segments and of scans. */
final class JpegScreen {
  private static final int SCAN = JpegSegments.START_OF_SCAN;

  private JpegScreen() {}

  static void check(byte[] file) throws ImageRefused {
    var segments = new JpegSegments(file);
    int count = 0;
    while (segments.next()) {
      ImageScreen.checkChunks(++count);
      if (isFrame(segments.marker()) && segments.marker() > 0xc2) {
        throw ImageScreen.unsupported(
            ImageFormat.JPEG, "baseline and progressive Huffman coding are");
      }
    }
    int scans = 0;
    for (int at = segments.end(); at + 1 < file.length; at++) {
      if ((file[at] & 0xff) == 0xff && (file[at + 1] & 0xff) == SCAN) {
        ImageScreen.limit("scans", ++scans, ImageScreen.SCANS_MAX);
      }
    }
  }

  /** SOF0 to SOF15 without the three markers between them that mean something else. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }
}
