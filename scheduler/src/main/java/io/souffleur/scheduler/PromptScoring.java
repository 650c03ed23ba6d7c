package io.souffleur.scheduler;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.ScoreSpec;

/**
 * How far a prompt is scored: each wanted position is told once, whatever is computed again.
 *
 * <pre>
 *   row p − 1 predicts the token at p
 *   0        computed        next                promptTokens
 *   |------------|--------------|--- not told yet ---|
 *                 computed &lt; next, because row next − 1 must still run
 * </pre>
 *
 * <p>Stays with its sequence through preemption and replays; told positions are not planned again.
 * Owned by the engine loop.
 */
final class PromptScoring {
  private final int promptTokens;
  private final int entries;
  private final int namedIds;
  private int next;

  PromptScoring(GenerationRequest request) {
    ScoreSpec scores = request.sampling().scores();
    promptTokens = request.promptTokens().length;
    entries = scores.entries();
    namedIds = scores.ids().size();
    next = Math.min(scores.promptFrom(), promptTokens);
  }

  /** First position that is wanted and not told; the prompt's length when there is none. */
  int next() {
    return next;
  }

  boolean done() {
    return next == promptTokens;
  }

  /** Ids that the request named, scored at every place. */
  int namedIds() {
    return namedIds;
  }

  /** Position after the last one that rows up to {@code rowsEnd} predict, {@link #next} for none. */
  int end(int rowsEnd) {
    return Math.max(next, Math.min(promptTokens, rowsEnd + 1));
  }

  /** Log-probabilities that rows up to {@code rowsEnd} give. */
  int entries(int rowsEnd) {
    return (end(rowsEnd) - next) * entries;
  }

  /** Most rows from {@code computed} on that give at most {@code entriesMax} log-probabilities. */
  int rowsMax(int computed, int entriesMax) {
    int places = entriesMax / entries;
    return promptTokens - next <= places ? Integer.MAX_VALUE : next - 1 - computed + places;
  }

  void told(int places) {
    next += places;
  }
}
