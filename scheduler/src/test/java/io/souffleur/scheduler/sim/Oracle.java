package io.souffleur.scheduler.sim;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepResult;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request must answer, computed without engine, pages, slots or steps.
 *
 * @param tokens streamed tokens, the stop token not among them
 * @param matchedStop the stop token or −1
 */
record Oracle(List<Integer> tokens, FinishReason reason, int matchedStop) {
  /** @param knownMax known tokens at which the stream ends with LENGTH */
  static Oracle of(
      int[] prompt, SamplingSpec sampling, int knownMax, boolean stops, boolean recurrent) {
    List<Integer> known = new ArrayList<>();
    for (int token : prompt) {
      known.add(token);
    }
    List<Integer> answer = new ArrayList<>();
    long state = 0;
    long seen = 0;
    int computed = 0;
    while (true) {
      for (; computed < known.size(); computed++) {
        int token = known.get(computed);
        state = recurrent ? HashModel.state(state, token, computed) : 0;
        seen = HashModel.see(seen, HashModel.cell(token, computed, state));
      }
      long told = HashModel.told(sampling, known, prompt.length, stops ? HashModel.STOP_TOKENS : 0);
      int next = HashModel.next(state, seen, told, sampling, known.size());
      if (next == StepResult.NOT_FINITE) {
        return new Oracle(answer, FinishReason.NOT_FINITE, -1);
      }
      if (stops && next < HashModel.STOP_TOKENS) {
        return new Oracle(answer, FinishReason.STOP, next);
      }
      known.add(next);
      answer.add(next);
      if (known.size() >= knownMax) {
        return new Oracle(answer, FinishReason.LENGTH, -1);
      }
    }
  }
}
