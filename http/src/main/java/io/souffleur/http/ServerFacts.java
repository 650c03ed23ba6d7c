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
 * @param sizes what was taken at start
 * @param flags values of launch flags under names with underscores; never holds a secret
 */
public record ServerFacts(
    String version,
    Optional<String> tokenizerPath,
    String modelType,
    List<String> architectures,
    Sizes sizes,
    Map<String, Object> flags) {
  /** For servers that were not launched from a command line. */
  public static final ServerFacts NONE =
      new ServerFacts("unknown", Optional.empty(), "", List.of(), Sizes.NONE, Map.of());

  /**
   * What was taken at start, and how long it took.
   *
   * @param tokensMax tokens that fit the cache
   * @param pageTokens tokens of one cache page
   * @param runningMax requests that are computed together
   * @param stateSlots recurrent-state slots, of running requests and kept prefixes; 0 for models that
   *     need none
   * @param weightBytes weights in memory
   * @param pageBytes all pages
   * @param slotBytes all state slots
   * @param loadSeconds to load, which the first time also packs
   */
  public record Sizes(
      long tokensMax,
      int pageTokens,
      int runningMax,
      int stateSlots,
      long weightBytes,
      long pageBytes,
      long slotBytes,
      double loadSeconds) {
    public static final Sizes NONE = new Sizes(0, 1, 1, 0, 0, 0, 0, 0);
  }

  public ServerFacts {
    architectures = List.copyOf(architectures);
    flags = Map.copyOf(flags);
  }
}
