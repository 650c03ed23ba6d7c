package io.souffleur.scheduler.sim;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepResult;
import java.util.Arrays;

/**
 * What a request must answer, computed without engine, pages, slots or steps.
 *
 * @param tokens streamed tokens, the stop token not among them
 * @param matchedStop the stop token or −1
 */
record Oracle(int[] tokens, FinishReason reason, int matchedStop) {
  /** @param knownMax known tokens at which the stream ends with LENGTH */
  static Oracle of(
      int[] prompt, SamplingSpec sampling, int knownMax, boolean stops, boolean recurrent) {
    int[] known = Arrays.copyOf(prompt, Math.max(knownMax, prompt.length) + 1);
    int count = prompt.length;
    long salt = HashModel.salt(sampling);
    long state = recurrent ? salt : 0;
    long seen = 0;
    int computed = 0;
    while (true) {
      for (; computed < count; computed++) {
        int token = known[computed];
        state = recurrent ? HashModel.state(state, token, computed) : 0;
        seen = HashModel.see(seen, HashModel.cell(token, computed, state, salt));
      }
      int heldBack = stops ? HashModel.STOP_TOKENS : 0;
      long told = HashModel.told(sampling, known, count, prompt.length, heldBack);
      int next = HashModel.next(state, seen, told, sampling, count);
      if (next == StepResult.NOT_FINITE) {
        return answer(known, prompt.length, count, FinishReason.NOT_FINITE, -1);
      }
      if (stops && next < HashModel.STOP_TOKENS) {
        return answer(known, prompt.length, count, FinishReason.STOP, next);
      }
      known[count++] = next;
      if (count >= knownMax) {
        return answer(known, prompt.length, count, FinishReason.LENGTH, -1);
      }
    }
  }

  private static Oracle answer(
      int[] known, int promptTokens, int count, FinishReason reason, int matchedStop) {
    return new Oracle(Arrays.copyOfRange(known, promptTokens, count), reason, matchedStop);
  }

  @Override
  public String toString() {
    return reason + " " + matchedStop + " after " + Arrays.toString(tokens);
  }
}
