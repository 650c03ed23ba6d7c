package io.souffleur.shard;

import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.step.StepPlan;
import java.util.Arrays;

/**
 * Tokens of seats by position, for those whose penalties look at them.
 *
 * <p>Kept by position and not as counts, so that a step that runs again changes nothing. Told by
 * admissions (what is computed already) and by runs. Seats without penalties keep nothing; the others
 * grow to their longest sequence and stay. Owned by the rank's loop.
 */
final class SeatHistories {
  private static final int[] NOTHING = {};
  private static final int FIRST_TOKENS = 64;

  private final int tokensMax;
  private final int[][] tokens;
  private final int[] counts;
  private final boolean[] kept;

  /** @param tokensMax most tokens of a sequence */
  SeatHistories(int seats, int tokensMax) {
    this.tokensMax = tokensMax;
    tokens = new int[seats][];
    Arrays.fill(tokens, NOTHING);
    counts = new int[seats];
    kept = new boolean[seats];
  }

  /** Forgets who sat there and takes what the admission tells. */
  void admit(StepPlan plan, int admit, int seat, LogitRules rules) {
    kept[seat] = rules.needHistory();
    counts[seat] = 0;
    for (int i = plan.historyStart(admit); kept[seat] && i < plan.historyEnd(admit); i++) {
      put(seat, counts[seat], plan.historyToken(i));
    }
  }

  /** Takes the tokens of all runs of a checked plan. */
  void learnRuns(StepPlan plan) {
    for (int run = 0; run < plan.runCount(); run++) {
      int seat = plan.runSeat(run);
      if (kept[seat]) {
        int start = plan.tokenStart(run);
        for (int i = start; i < plan.tokenEnd(run); i++) {
          put(seat, plan.runFirstPosition(run) + i - start, plan.token(i));
        }
        counts[seat] = plan.runFirstPosition(run) + plan.tokenEnd(run) - start;
      }
    }
  }

  private void put(int seat, int position, int token) {
    if (position > counts[seat] || position >= tokensMax) {
      throw new PlanViolation("seat " + seat + " gets a token at position " + position
          + " and was told " + counts[seat] + " of at most " + tokensMax);
    }
    if (position == tokens[seat].length) {
      int grown = Math.min(tokensMax, Math.max(FIRST_TOKENS, 2 * position));
      tokens[seat] = Arrays.copyOf(tokens[seat], grown);
    }
    tokens[seat][position] = token;
    counts[seat] = Math.max(counts[seat], position + 1);
  }

  /** Whether the seat's penalties look at its tokens. */
  boolean kept(int seat) {
    return kept[seat];
  }

  /** Tokens by position, the first {@link #count} of them; not a copy. */
  int[] tokens(int seat) {
    return tokens[seat];
  }

  int count(int seat) {
    return counts[seat];
  }
}
