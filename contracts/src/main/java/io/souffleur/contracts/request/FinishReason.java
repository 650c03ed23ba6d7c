package io.souffleur.contracts.request;

/** Why a stream ended. */
public enum FinishReason {
  /** A stop token was drawn. */
  STOP,
  /** The request's token limit or the context was reached. */
  LENGTH,
  /** The client left or somebody aborted the request. */
  ABORT,
  /** The model's numbers were not finite for this sequence. */
  NOT_FINITE,
  /** The rank crashed, by its own doing, whenever it computed this request, in the end alone. */
  CRASHED,
  /** A more urgent request took its place in the full queue before its first step. */
  DISPLACED
}
