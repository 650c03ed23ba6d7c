package io.souffleur.transport;

/** What became of a message that was to be sent. */
public enum Offer {
  /** It is in the log, in order. */
  SENT,
  /** The log is full or being moved on; try again in the next duty cycle. */
  BACK_PRESSURED,
  /** Nobody listens (yet, or any more). */
  NOT_CONNECTED,
  /** It does not fit the stream and never will. */
  TOO_LARGE,
  /** The channel is closed for good. */
  CLOSED
}
