package io.souffleur.actors.wire;

/**
 * How large a message and its parts may be; beyond a limit both writing and reading fail.
 *
 * @param messageBytesMax bytes of a whole message
 * @param textBytesMax UTF-8 bytes of one string
 * @param elementsMax elements of one array, list or map
 * @param depthMax levels of a JSON tree
 */
public record WireLimits(int messageBytesMax, int textBytesMax, int elementsMax, int depthMax) {
  /** Holds the largest body that HTTP takes, and a context of a million tokens. */
  public static final WireLimits DEFAULT = new WireLimits(64 << 20, 32 << 20, 4 << 20, 64);

  public WireLimits {
    if (messageBytesMax < 1 || textBytesMax < 1 || elementsMax < 1 || depthMax < 1) {
      throw new IllegalArgumentException("limits must be positive, got " + messageBytesMax
          + " B messages, " + textBytesMax + " B texts, " + elementsMax + " elements, " + depthMax
          + " levels");
    }
  }
}
