package io.souffleur.contracts.request;

/** Name of one request, unique among the running ones; also the {@code id} of its HTTP response. */
public record RequestId(String value) {
  public static final int LENGTH_MAX = 128;

  public RequestId {
    if (value.isBlank() || value.length() > LENGTH_MAX) {
      throw new IllegalArgumentException("request id must have 1 to " + LENGTH_MAX + " characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
