package io.souffleur.scheduler;

import java.util.Map;

/**
 * What steps were made of and what was taken back, at one moment.
 *
 * @param rowsDecoded rows that each drew the next token of an answer; all other rows are prompts, or
 *     what had to be computed again
 * @param promptTokensRetracted tokens of the prompts of sequences that gave way
 * @param outputTokensRetracted tokens that those had generated; they are not drawn again
 * @param newTokenRatioPermille how much of its limit a request is expected to generate, in thousandths
 */
public record LoadSnapshot(
    long rowsDecoded,
    long promptTokensRetracted,
    long outputTokensRetracted,
    int newTokenRatioPermille) {
  void into(Map<String, Long> values) {
    values.put("rows-decoded", rowsDecoded);
    values.put("retracted-prompt-tokens", promptTokensRetracted);
    values.put("retracted-output-tokens", outputTokensRetracted);
    values.put("new-token-ratio-permille", (long) newTokenRatioPermille);
  }
}
