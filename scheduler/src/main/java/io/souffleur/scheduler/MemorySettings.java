package io.souffleur.scheduler;

import com.typesafe.config.Config;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the command line or the configuration asks of memory; empty values follow from the memory plan.
 *
 * @param memFractionStatic share of the machine's memory for weights and caches, in (0, 1]
 * @param maxTotalTokens tokens that the KV pages hold together, at least 1
 * @param maxRunningRequests requests that are computed together, at least 1
 * @param states what recurrent states may take
 */
public record MemorySettings(
    OptionalDouble memFractionStatic,
    OptionalLong maxTotalTokens,
    OptionalInt maxRunningRequests,
    MemoryStates states) {
  /** Everything follows from the memory plan, and nothing is kept for other requests. */
  public static final MemorySettings AUTO =
      new MemorySettings(OptionalDouble.empty(), OptionalLong.empty(), OptionalInt.empty());

  private static final String AUTO_WORD = "auto";

  public MemorySettings {
    memFractionStatic.ifPresent(fraction ->
        check(fraction > 0 && fraction <= 1, "mem-fraction-static", fraction, "in (0, 1]"));
    maxTotalTokens.ifPresent(
        tokens -> check(tokens >= 1, "max-total-tokens", tokens, "at least 1"));
    maxRunningRequests.ifPresent(requests -> check(
        requests >= 1 && requests <= EngineSettings.RUNNING_REQUESTS_LIMIT,
        "max-running-requests",
        requests,
        "between 1 and " + EngineSettings.RUNNING_REQUESTS_LIMIT));
  }

  /** With two state slots for each running request. */
  public MemorySettings(
      OptionalDouble memFractionStatic,
      OptionalLong maxTotalTokens,
      OptionalInt maxRunningRequests) {
    this(memFractionStatic, maxTotalTokens, maxRunningRequests, MemoryStates.PAIRS);
  }

  private static void check(boolean valid, String name, Number value, String allowed) {
    if (!valid) {
      throw new IllegalArgumentException("--" + name + " must be " + allowed + ", got " + value);
    }
  }

  /** @param config the section {@code io.souffleur.scheduler} */
  public static MemorySettings from(Config config) {
    return new MemorySettings(
        number(config, "mem-fraction-static")
            .map(OptionalDouble::of)
            .orElseGet(OptionalDouble::empty),
        number(config, "max-total-tokens")
            .map(value -> OptionalLong.of(value.longValue()))
            .orElseGet(OptionalLong::empty),
        number(config, "max-running-requests")
            .map(value -> OptionalInt.of(Math.toIntExact(value.longValue())))
            .orElseGet(OptionalInt::empty));
  }

  private static Optional<Double> number(Config config, String key) {
    return AUTO_WORD.equals(config.getString(key))
        ? Optional.empty()
        : Optional.of(config.getDouble(key));
  }
}
