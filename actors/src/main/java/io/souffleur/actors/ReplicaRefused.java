package io.souffleur.actors;

/** A replica can never run here (files missing, memory too small, versions apart): no second try. */
public final class ReplicaRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ReplicaRefused(String reason) {
    super(reason);
  }

  public ReplicaRefused(String reason, Throwable cause) {
    super(reason, cause);
  }
}
