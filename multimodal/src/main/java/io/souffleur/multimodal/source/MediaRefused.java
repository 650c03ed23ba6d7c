package io.souffleur.multimodal.source;

import io.souffleur.multimodal.image.ImageRefused;

/** A picture or video that is not taken; the message is a sentence for the client. */
public final class MediaRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Why. Each reason has one status and one code, so that every endpoint answers alike. All of them are
   * the request's to mend except {@link #BUSY}; none is 408 or 5xx, which official clients repeat unasked.
   */
  public enum Reason {
    /** Not what it says it is, or broken. */
    MALFORMED(400, "media_malformed"),
    /** A kind of content that is not read. */
    UNSUPPORTED(415, "media_unsupported"),
    /** Over a limit on bytes, pixels, frames or items. */
    TOO_LARGE(413, "media_too_large"),
    /** An address, scheme, port or path that this server does not go to. */
    FORBIDDEN(403, "media_forbidden"),
    /** The server at the address, or the file, gave nothing that could be used. */
    UNREACHABLE(400, "media_unreachable"),
    /** It took too long to fetch or to decode. */
    TIMEOUT(400, "media_timeout"),
    /** A limit of the whole server is reached; the same request may pass later. */
    BUSY(429, "media_busy"),
    /** Nobody waits for it any more. */
    CANCELLED(499, "media_cancelled");

    private final int httpStatus;
    private final String code;

    Reason(int httpStatus, String code) {
      this.httpStatus = httpStatus;
      this.code = code;
    }

    public int httpStatus() {
      return httpStatus;
    }

    /** What clients find in the error's {@code code}. */
    public String code() {
      return code;
    }
  }

  private final Reason reason;

  public MediaRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public MediaRefused(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** The same refusal in the words of this package. */
  public static MediaRefused of(ImageRefused refused) {
    Reason reason = switch (refused.kind()) {
      case MALFORMED -> Reason.MALFORMED;
      case UNSUPPORTED -> Reason.UNSUPPORTED;
      case TOO_LARGE -> Reason.TOO_LARGE;
      case STOPPED -> Reason.TIMEOUT;
    };
    return new MediaRefused(reason, refused.getMessage(), refused);
  }

  static MediaRefused malformed(String message) {
    return new MediaRefused(Reason.MALFORMED, message);
  }

  static MediaRefused tooLarge(String message) {
    return new MediaRefused(Reason.TOO_LARGE, message);
  }

  static MediaRefused forbidden(String message) {
    return new MediaRefused(Reason.FORBIDDEN, message);
  }

  static MediaRefused unreachable(String message) {
    return new MediaRefused(Reason.UNREACHABLE, message);
  }
}
