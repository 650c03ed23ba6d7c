package io.souffleur.http.openai;

import io.souffleur.actors.ModelCard;
import io.souffleur.http.stage.argument.JsonText;

/** Bodies of {@code /v1/models} and {@code /v1/models/{id}}. */
public final class ModelWriter {
  private final String entry;

  /** @param createdSeconds Unix time at which the server started */
  public ModelWriter(ModelCard model, long createdSeconds) {
    String name = JsonText.quoted(model.servedName());
    this.entry = "{\"id\":" + name + ",\"object\":\"model\",\"created\":" + createdSeconds
        + ",\"owned_by\":\"sglang\",\"root\":" + name + ",\"parent\":null,\"max_model_len\":"
        + model.contextTokens() + "}";
  }

  public String list() {
    return "{\"object\":\"list\",\"data\":[" + entry + "]}";
  }

  public String one() {
    return entry;
  }

  /** Body of the 404 for a name that is not served. */
  public static String unknown(String name) {
    return "{\"error\":{\"message\":" + JsonText.quoted("The model '" + name + "' does not exist")
        + ",\"type\":\"invalid_request_error\",\"param\":\"model\",\"code\":\"model_not_found\"}}";
  }
}
