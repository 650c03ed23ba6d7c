package io.souffleur.multimodal.image;

/**
 * Looks at the outline of a file before a decoder gets it, and refuses what would make one take memory or
 * time out of all proportion.
 *
 * <p>Decoders believe lengths and counts: a chunk that claims two gigabytes is allocated, a frame larger
 * than its canvas is decoded, a comment of a hundred thousand blocks is joined block by block. Each walk
 * here costs one pass over headers, allocates nothing, and is lenient about everything else: whether the
 * file is whole and right is for its decoder to say.
 */
final class ImageScreen {
  /** Frames of an animation; the first is shown, but a file of so many is a video. */
  static final int FRAMES_MAX = 1_000;

  /** Scans of a progressive JPEG, each of which costs a pass over the whole image. */
  static final int SCANS_MAX = 100;

  /** Chunks or segments beside the image data: each costs a decoder an object. */
  static final int CHUNKS_MAX = 4_096;

  /** Bytes of extensions before a GIF's first frame, which its decoder joins in quadratic time. */
  static final int GIF_EXTENSION_BYTES_MAX = 512 * 1024;

  private ImageScreen() {}

  static void check(byte[] file, ImageFormat format) throws ImageRefused {
    switch (format) {
      case JPEG -> JpegScreen.check(file);
      case PNG -> PngScreen.check(file);
      case WEBP -> WebpScreen.check(file);
      case GIF -> GifScreen.check(file);
      case BMP -> BmpScreen.check(file);
    }
  }

  static void checkFrames(int frames) throws ImageRefused {
    limit("frames", frames, FRAMES_MAX);
  }

  static void checkChunks(int chunks) throws ImageRefused {
    limit("chunks beside its image data", chunks, CHUNKS_MAX);
  }

  static void limit(String what, int count, int max) throws ImageRefused {
    if (count > max) {
      throw new ImageRefused(
          ImageRefused.Kind.TOO_LARGE,
          "the image file has more than " + max + " " + what + ", which is the limit");
    }
  }

  static ImageRefused malformed(ImageFormat format, String what) {
    return new ImageRefused(
        ImageRefused.Kind.MALFORMED, "the " + format + " file is broken: " + what);
  }

  static ImageRefused unsupported(ImageFormat format, String what) {
    return new ImageRefused(
        ImageRefused.Kind.UNSUPPORTED, "this kind of " + format + " is not read: " + what);
  }
}
