package io.souffleur.shard;

import io.souffleur.contracts.step.StepId;

/** A step ended with an exception inside a rank; the cause says why. */
public final class StepAborted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient StepId id;

  StepAborted(StepId id, Throwable cause) {
    super("step " + id.step() + " failed: " + cause, cause);
    this.id = id;
  }

  public StepId id() {
    return id;
  }
}
