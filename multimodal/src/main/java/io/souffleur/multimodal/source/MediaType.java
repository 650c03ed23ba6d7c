package io.souffleur.multimodal.source;

import io.souffleur.multimodal.image.ImageFormat;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What bytes are, told by the first of them and never by a name, a header or a declared type. */
public enum MediaType {
  JPEG(MediaKind.IMAGE),
  PNG(MediaKind.IMAGE),
  WEBP(MediaKind.IMAGE),
  GIF(MediaKind.IMAGE),
  BMP(MediaKind.IMAGE),
  /** ISO base media: MP4 and QuickTime. */
  MP4(MediaKind.VIDEO),
  /** EBML: WebM and Matroska. */
  WEBM(MediaKind.VIDEO),
  AVI(MediaKind.VIDEO);

  private static final int BRAND_AT = 4;
  private static final int RIFF_TYPE_AT = 8;

  private final MediaKind kind;

  MediaType(MediaKind kind) {
    this.kind = kind;
  }

  public MediaKind kind() {
    return kind;
  }

  /** Empty when the first bytes are none of ours. */
  public static Optional<MediaType> of(byte[] bytes) {
    Optional<ImageFormat> image = ImageFormat.of(bytes);
    if (image.isPresent()) {
      return image.map(format -> valueOf(format.name()));
    }
    if (has(bytes, BRAND_AT, "ftyp") && !isStillPicture(bytes)) {
      return Optional.of(MP4);
    }
    if (has(bytes, 0, "\u001a\u0045\u00df\u00a3")) {
      return Optional.of(WEBM);
    }
    boolean avi = has(bytes, 0, "RIFF") && has(bytes, RIFF_TYPE_AT, "AVI ");
    return avi ? Optional.of(AVI) : Optional.empty();
  }

  /** AVIF and HEIC wear the same box as videos do. */
  private static boolean isStillPicture(byte[] bytes) {
    return has(bytes, RIFF_TYPE_AT, "avif")
        || has(bytes, RIFF_TYPE_AT, "heic")
        || has(bytes, RIFF_TYPE_AT, "heix")
        || has(bytes, RIFF_TYPE_AT, "mif1");
  }

  private static boolean has(byte[] bytes, int at, String latin) {
    byte[] magic = latin.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < at + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (bytes[at + i] != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** The type of {@code bytes}, which must be of {@code kind}. */
  static MediaType checked(byte[] bytes, MediaKind kind) throws MediaRefused {
    if (bytes.length == 0) {
      throw MediaRefused.malformed("the " + kind.word() + " is empty");
    }
    MediaType type = of(bytes)
        .orElseThrow(() -> new MediaRefused(
            MediaRefused.Reason.UNSUPPORTED,
            "the content is no " + kind.word() + " that is read: " + kind.formats() + " are"));
    if (type.kind != kind) {
      throw new MediaRefused(
          MediaRefused.Reason.UNSUPPORTED,
          "the content is " + type + ", not one of " + kind.formats() + "; " + type.kind.word()
              + "s go into a part of type " + type.kind.word() + "_url");
    }
    return type;
  }
}
