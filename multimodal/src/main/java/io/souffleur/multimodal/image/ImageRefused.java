package io.souffleur.multimodal.image;

/** The bytes are not an image that we take; the message is a sentence for the client. */
public final class ImageRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of answer the client should get. */
  public enum Kind {
    /** Broken, or not what it says it is. */
    MALFORMED,
    /** Not one of the formats we read. */
    UNSUPPORTED,
    /** Over a limit. */
    TOO_LARGE,
    /** Its decoder was told to stop: it took too long, or nobody waits for it any more. */
    STOPPED
  }

  private final Kind kind;

  public ImageRefused(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public ImageRefused(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
