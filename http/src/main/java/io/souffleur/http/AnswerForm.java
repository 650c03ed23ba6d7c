package io.souffleur.http;

import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.Ending;
import io.souffleur.http.openai.Usage;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.StageOptions;
import java.util.List;

/**
 * How an answer looks to its client: chat or {@code /generate}, streamed or whole.
 *
 * <p>Owned by one session, called on its thread in this order: {@code stages}, {@code begin},
 * {@code tokens} and {@code step} any number of times, then {@code end} or {@code fail}; {@code fail} may come at any
 * time.
 */
interface AnswerForm {

  /** The stages that the text goes through, given the prompt it follows. */
  StageOptions stages(PromptReply.Prepared prompt);

  /** Whether control tokens are left out of the text. */
  boolean skipSpecialTokens();

  /** The engine took the request. */
  void begin(Exchange exchange);

  /** Scores of the next tokens of the prompt; before all tokens, only if the request asked for them. */
  default void promptScores(List<TokenScore> scores) {
    throw new IllegalStateException("nobody asked for " + scores.size() + " scores of the prompt");
  }

  /** Scores of the tokens of the next {@code step}; only if the request asked for them. */
  default void scores(List<TokenScore> scores) {
    throw new IllegalStateException("nobody asked for " + scores.size() + " scores");
  }

  /** Tokens of the answer; what they say comes with this {@code step} or a later one. */
  default void tokens(int[] tokens) {}

  /**
   * What the tokens since the last step became, possibly nothing.
   *
   * @return false when the client does not keep up
   */
  boolean step(List<Delta> deltas, Usage usage);

  /** The answer is complete; {@code deltas} are its last ones. */
  void end(List<Delta> deltas, AnswerStages stages, Ending ending, Usage usage);

  /** The answer cannot be given, or not to its end. */
  void fail(Exchange exchange, ApiException error);
}
