package io.souffleur.multimodal.source;

/** {@code --media-fetch}. */
public enum FetchMode {
  /** No address is fetched from; content comes with the request or from a file. */
  OFF,
  /** Public addresses, and what {@code --media-fetch-allow} adds. */
  PUBLIC
}
