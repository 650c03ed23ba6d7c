package io.souffleur.http.openai;

/** A refusal for the client: a status and a message that names the field and what is allowed. */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;

  /** @param type the error type in the envelope; clients of the reference server know its names */
  public ApiException(int status, String type, String message) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
  }

  /** The body does not have the shape of the request: wrong JSON type, missing field, no JSON. */
  public static ApiException malformed(String message) {
    return new ApiException(400, "Bad Request", message);
  }

  /** A well-formed value that is not allowed. */
  public static ApiException invalid(String message) {
    return new ApiException(400, "BadRequestError", message);
  }

  /** A field of the API that this server does not serve. */
  public static ApiException unsupported(String field, String what) {
    return invalid(field + ": " + what);
  }

  /** The server cannot take the request now; {@code status} is 429 or 503. */
  public static ApiException unavailable(int status, String message) {
    return new ApiException(status, Integer.toString(status), message);
  }

  /** Something broke on our side. */
  public static ApiException internal(String message) {
    return new ApiException(500, "InternalServerError", "Internal server error: " + message);
  }

  public int status() {
    return status;
  }

  public String type() {
    return type;
  }
}
