package io.souffleur.contracts.step;

/** A step could not be executed; the replica that asked for it must be rebuilt. */
public final class StepFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StepFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
