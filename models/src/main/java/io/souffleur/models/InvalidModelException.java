package io.souffleur.models;

import java.io.IOException;

/** A model folder that cannot be served; the message is one sentence naming file, field and values. */
public final class InvalidModelException extends IOException {
  private static final long serialVersionUID = 1L;

  public InvalidModelException(String message) {
    super(message);
  }

  public InvalidModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
