package io.souffleur.actors;

import java.util.Set;

/** Which of the engine's numbers go up and down; all others are totals that add up over epochs. */
final class EngineGauges {
  private static final Set<String> NAMES = Set.of(
      "requests-running",
      "requests-waiting",
      "pages-free",
      "pages-used",
      "pages-cached",
      "slots-free",
      "slots-used",
      "slots-cached",
      "tier-pending",
      "new-token-ratio-permille");

  private EngineGauges() {}

  static boolean isGauge(String name) {
    return NAMES.contains(name);
  }
}
