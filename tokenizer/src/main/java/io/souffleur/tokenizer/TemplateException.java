package io.souffleur.tokenizer;

/**
 * A chat template could not be read, or refused its input.
 *
 * <p>The message is meant for the client who sent the conversation: it is what the template said
 * through {@code raise_exception}, or one sentence naming what was wrong and where. HTTP answers 400.
 */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why rendering ended; lets callers tell the template's own refusal from a broken template. */
  public enum Reason {
    /** The text is not a template we understand. */
    SYNTAX,
    /** The template called {@code raise_exception}: the message is verbatim the template's. */
    RAISED,
    /** The template did something that fails on this input (undefined value, wrong type). */
    EVALUATION,
    /** A limit with a name was hit; the message names it. */
    LIMIT,
    /** The caller passed an argument that may not reach a template. */
    ARGUMENT
  }

  private final Reason reason;

  public TemplateException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public TemplateException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
