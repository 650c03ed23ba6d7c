package io.souffleur.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code /model_info} and {@code /server_info} tell besides what the engine knows.
 *
 * @param version of this server
 * @param tokenizerPath folder of the tokenizer where it is not the model's
 * @param modelType as in {@code config.json}
 * @param tokensMax tokens that fit the cache
 * @param pageTokens tokens of one cache page
 * @param flags values of launch flags under names with underscores; never holds a secret
 */
public record ServerFacts(
    String version,
    Optional<String> tokenizerPath,
    String modelType,
    List<String> architectures,
    long tokensMax,
    int pageTokens,
    Map<String, Object> flags) {
  /** For servers that were not launched from a command line. */
  public static final ServerFacts NONE =
      new ServerFacts("unknown", Optional.empty(), "", List.of(), 0, 1, Map.of());

  public ServerFacts {
    architectures = List.copyOf(architectures);
    flags = Map.copyOf(flags);
  }
}
