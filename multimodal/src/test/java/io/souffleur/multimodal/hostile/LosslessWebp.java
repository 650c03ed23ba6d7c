package io.souffleur.multimodal.hostile;

import java.io.ByteArrayOutputStream;

/**
 * Lossless WebP streams, bit by bit. Every prefix code here has one symbol, so that pixels take no bits:
 * a picture of one colour, whatever else the stream asks for.
 */
final class LosslessWebp {
  private static final int CODES = 5;

  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
  private int bits;
  private int count;

  private LosslessWebp(int width, int height) {
    put(0x2f, 8);
    put(width - 1, 14);
    put(height - 1, 14);
    put(0, 4);
  }

  private void put(int value, int width) {
    for (int i = 0; i < width; i++) {
      bits |= (value >> i & 1) << count++;
      if (count == Byte.SIZE) {
        stream.write(bits);
        bits = 0;
        count = 0;
      }
    }
  }

  /** A code of the one symbol 0. */
  private void code() {
    put(0b0001, 4);
  }

  /** A code of the one symbol 255. */
  private void codeOf255() {
    put(0b101, 3);
    put(255, 8);
  }

  private void codes(int groups) {
    for (int i = 0; i < groups * CODES; i++) {
      code();
    }
  }

  /** Ends the stream with pixels of one colour. */
  private byte[] end() {
    put(0, 3);
    codes(1);
    return file();
  }

  private byte[] file() {
    put(0, 64);
    return Pictures.webp(Pictures.riff("VP8L", stream.toByteArray()));
  }

  /** One colour, and nothing else. */
  static byte[] plain(int width, int height) {
    return new LosslessWebp(width, height).end();
  }

  /** Subtracts green so often: each time a pass over all pixels for three bits. */
  static byte[] passes(int width, int height, int times) {
    var webp = new LosslessWebp(width, height);
    for (int i = 0; i < times; i++) {
      webp.put(0b101, 3);
    }
    return webp.end();
  }

  /** Predicts so often: each time a sixteenth of the pixels in memory for four bytes. */
  static byte[] predictions(int width, int height, int times) {
    var webp = new LosslessWebp(width, height);
    for (int i = 0; i < times; i++) {
      webp.put(1, 6);
      webp.put(0, 1);
      webp.codes(1);
    }
    return webp.end();
  }

  /** Speaks of 65,536 groups of codes. */
  static byte[] groups(int width, int height) {
    var webp = new LosslessWebp(width, height);
    webp.put(0b100, 3);
    webp.put(0, 3);
    webp.put(0, 1);
    webp.codeOf255();
    webp.codeOf255();
    for (int i = 2; i < CODES; i++) {
      webp.code();
    }
    webp.codes(65_536);
    return webp.file();
  }
}
