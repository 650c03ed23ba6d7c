package io.souffleur.actors.wire;

/** Bytes that are no message of this build, or a message that is too large or of no known kind. */
public final class WireFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public WireFormatException(String message) {
    super(message);
  }

  public WireFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
