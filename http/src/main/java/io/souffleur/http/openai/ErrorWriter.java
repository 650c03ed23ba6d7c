package io.souffleur.http.openai;

import io.souffleur.http.stage.argument.JsonText;

/** The envelopes of errors; which one depends on the endpoint. */
public enum ErrorWriter {
  /** OpenAI endpoints, and everything that has no form of its own. */
  OPENAI {
    @Override
    public String body(ApiException error) {
      return fields(error);
    }

    @Override
    public String event(ApiException error) {
      return "data: {\"error\":" + fields(error) + "}\n\n";
    }
  },

  /** {@code /generate}. */
  GENERATE {
    @Override
    public String body(ApiException error) {
      return "{\"error\":{\"message\":" + JsonText.quoted(error.getMessage()) + "}}";
    }

    @Override
    public String event(ApiException error) {
      boolean retryable = error.status() == 429 || error.status() == 503;
      String type = error.status() < 500 ? "invalid_request_error" : error.type();
      return "data: {\"error\":{\"message\":" + JsonText.quoted(error.getMessage()) + ",\"type\":"
          + JsonText.quoted(type) + ",\"code\":" + error.status() + ",\"retryable\":" + retryable
          + "}}\n\n";
    }
  };

  /** Body of an answer that is an error. */
  public abstract String body(ApiException error);

  /** Event in a stream that began well; {@code [DONE]} follows. */
  public abstract String event(ApiException error);

  private static String fields(ApiException error) {
    return "{\"object\":\"error\",\"message\":" + JsonText.quoted(error.getMessage()) + ",\"type\":"
        + JsonText.quoted(error.type()) + ",\"param\":null,\"code\":" + error.status() + "}";
  }
}
