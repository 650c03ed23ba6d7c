package io.souffleur.multimodal.image;

import io.souffleur.multimodal.ImageSize;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Formats that are read, each known by its first bytes and never by a name or a MIME type. */
public enum ImageFormat {
  JPEG("jpeg", 18),
  PNG("png", 14),
  WEBP("webp", 104),
  GIF("gif", 7),
  BMP("bmp", 10);

  private static final int RIFF_TYPE_AT = 8;

  private final String readerName;
  private final int decodeBytesPerPixel;

  ImageFormat(String readerName, int decodeBytesPerPixel) {
    this.readerName = readerName;
    this.decodeBytesPerPixel = decodeBytesPerPixel;
  }

  /**
   * Memory that decoding an image of {@code size} takes at most, its pixels included: measured, and rounded
   * up. A progressive JPEG keeps its coefficients, WebP's decoder an object per block of pixels.
   */
  public long decodeBytes(ImageSize size) {
    return size.pixels() * decodeBytesPerPixel;
  }

  /** The name under which image reader libraries register. */
  String readerName() {
    return readerName;
  }

  /** The format of {@code file}; empty when the first bytes are none of ours. */
  public static Optional<ImageFormat> of(byte[] file) {
    if (startsWith(file, 0, new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff})) {
      return Optional.of(JPEG);
    }
    if (startsWith(file, 0, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})) {
      return Optional.of(PNG);
    }
    if (startsWith(file, 0, ascii("RIFF")) && startsWith(file, RIFF_TYPE_AT, ascii("WEBP"))) {
      return Optional.of(WEBP);
    }
    if (startsWith(file, 0, ascii("GIF87a")) || startsWith(file, 0, ascii("GIF89a"))) {
      return Optional.of(GIF);
    }
    return startsWith(file, 0, ascii("BM")) ? Optional.of(BMP) : Optional.empty();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean startsWith(byte[] file, int at, byte[] magic) {
    if (file.length < at + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (file[at + i] != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
