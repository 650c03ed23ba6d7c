package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.clusterconfig.cli.ServingOptions;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A run that is over.
 *
 * @param outcomes in the order of the requests
 * @param serverInfo what {@code /server_info} answered; missing when it did not
 */
record ServingRun(
    ServingOptions options, List<Outcome> outcomes, ServingFigures figures, JsonNode serverInfo) {

  /** Tokens per step that a speculating server accepted. */
  OptionalDouble acceptLength() {
    JsonNode first = serverInfo.path("internal_states").path(0).path("avg_spec_accept_length");
    return first.isNumber() ? OptionalDouble.of(first.asDouble()) : OptionalDouble.empty();
  }

  String concurrencyMax() {
    var most = options.load().concurrencyMax();
    return most.isPresent() ? Integer.toString(most.getAsInt()) : "not set";
  }

  String backend() {
    return options.target().backend().label();
  }
}
