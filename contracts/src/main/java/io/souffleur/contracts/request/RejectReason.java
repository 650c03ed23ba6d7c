package io.souffleur.contracts.request;

/** Why a request was not accepted. */
public enum RejectReason {
  /** The waiting queue is full; trying again later may help. */
  QUEUE_FULL,
  /** Prompt and answer do not fit the context. */
  TOO_LONG,
  /** More pages than the whole pool has: can never run here. */
  NEVER_FITS,
  /** The id is already in use by a running request. */
  DUPLICATE_ID,
  /** It has a priority, priorities are off, and the operator wants such requests refused. */
  PRIORITY_OFF,
  /** The server is going down. */
  DRAINING,
  /** No replica is ready. */
  NOT_READY
}
