package io.souffleur.multimodal.source;

/** What a part of a message says it brings. */
public enum MediaKind {
  IMAGE("image", "JPEG, PNG, WebP, GIF and BMP"),
  VIDEO("video", "MP4, QuickTime, WebM, Matroska and AVI");

  private final String word;
  private final String formats;

  MediaKind(String word, String formats) {
    this.word = word;
    this.formats = formats;
  }

  /** As sentences have it. */
  public String word() {
    return word;
  }

  String formats() {
    return formats;
  }
}
