package io.souffleur.shard;

import io.souffleur.contracts.step.StepPlan;
import java.util.HashMap;
import java.util.Map;

/** Counts from plans how far sequences had come when they lost their seat; tells them by their seed. */
final class Comebacks {
  private final Map<Integer, Long> seedBySeat = new HashMap<>();
  private final Map<Long, Integer> computed = new HashMap<>();
  private int inPrefill;
  private int inDecode;

  void note(StepPlan plan) {
    for (int i = 0; i < plan.admitCount(); i++) {
      long seed = plan.admittedSampling(i).seed();
      seedBySeat.put(plan.admittedSeat(i), seed);
      if (computed.containsKey(seed)) {
        boolean prefill = computed.get(seed) < plan.admittedPromptTokens(i);
        inPrefill += prefill ? 1 : 0;
        inDecode += prefill ? 0 : 1;
      }
    }
    for (int run = 0; run < plan.runCount(); run++) {
      int end = plan.runFirstPosition(run) + plan.tokenEnd(run) - plan.tokenStart(run);
      computed.put(seedBySeat.get(plan.runSeat(run)), end);
    }
  }

  /** With a part of their prompt computed. */
  int inPrefill() {
    return inPrefill;
  }

  /** With an answer begun. */
  int inDecode() {
    return inDecode;
  }
}
