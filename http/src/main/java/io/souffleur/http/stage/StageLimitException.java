package io.souffleur.http.stage;

/**
 * A generated text ran over a limit of a stage, so that the answer cannot be passed on unharmed.
 *
 * <p>The session ends the answer with this message; the limit and the place are named in it.
 */
public final class StageLimitException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StageLimitException(String message) {
    super(message);
  }
}
