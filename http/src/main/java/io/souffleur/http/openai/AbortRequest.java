package io.souffleur.http.openai;

import java.util.Optional;

/**
 * A checked body of {@code /abort_request}: one id, or explicitly all.
 *
 * @param requestId empty for all
 */
public record AbortRequest(Optional<String> requestId) {
  /** @throws ApiException if the body names neither or both */
  public static AbortRequest read(JsonBody json, byte[] body) {
    Fields fields = json.read(body);
    boolean all = fields.flag("abort_all", false);
    Optional<String> id = all && fields.string("rid").filter(String::isEmpty).isPresent()
        ? Optional.empty()
        : ChatRequestReader.requestId(fields);
    if (all == id.isPresent()) {
      throw ApiException.invalid(
          "exactly one of rid, a whole request id, and abort_all = true is needed, got "
              + (all ? "both" : "neither"));
    }
    return new AbortRequest(id);
  }
}
