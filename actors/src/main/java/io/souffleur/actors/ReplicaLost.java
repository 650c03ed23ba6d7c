package io.souffleur.actors;

/** A part of a replica died and cannot be replaced alone: the replica is rebuilt under a new epoch. */
public final class ReplicaLost extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ReplicaLost(String reason) {
    super(reason);
  }

  public ReplicaLost(String reason, Throwable cause) {
    super(reason, cause);
  }
}
