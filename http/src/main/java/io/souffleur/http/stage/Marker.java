package io.souffleur.http.stage;

/** Comparison of a fixed marker with a text that may still grow. */
enum Marker {
  /** The marker stands here, whole. */
  FULL,
  /** The text ends inside what may become the marker. */
  PARTIAL,
  /** Whatever follows, the marker does not stand here. */
  NONE;

  /** Compares {@code marker} with {@code text} from {@code at}; an exhausted text is partial. */
  static Marker at(CharSequence text, int at, String marker) {
    int available = Math.min(marker.length(), text.length() - at);
    for (int i = 0; i < available; i++) {
      if (text.charAt(at + i) != marker.charAt(i)) {
        return NONE;
      }
    }
    return available == marker.length() ? FULL : PARTIAL;
  }
}
