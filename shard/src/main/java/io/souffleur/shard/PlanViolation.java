package io.souffleur.shard;

/** A plan names something that this rank does not have; found before any memory is touched. */
final class PlanViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PlanViolation(String message) {
    super(message);
  }
}
