package io.souffleur.transport;

import static io.souffleur.transport.MessageHeader.ORDER;

import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.step.StepResult;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A {@link StepResult} as bytes, little-endian:
 *
 * <pre>
 *    0 header, 32 bytes ({@link MessageHeader})
 *   32 runs i32 | 36 rows i32 | 40 scores i32 | 44 prompt scores i32
 *   48 token × runs   : id i32, or NO_TOKEN, or NOT_FINITE
 *    … score × scores : run i32, token i32, logarithm f32
 *    … score × prompt scores : run i32, position i32, token i32, logarithm f32
 * </pre>
 *
 * Stateless; allocates nothing but the room for scores.
 */
final class ResultCodec {
  private static final int RUNS_OFFSET = MessageHeader.BYTES;
  private static final int ROWS_OFFSET = RUNS_OFFSET + Integer.BYTES;
  private static final int SCORES_OFFSET = ROWS_OFFSET + Integer.BYTES;
  private static final int PROMPT_SCORES_OFFSET = SCORES_OFFSET + Integer.BYTES;
  private static final int BODY_OFFSET = PROMPT_SCORES_OFFSET + Integer.BYTES;
  private static final int SCORE_BYTES = 2 * Integer.BYTES + Float.BYTES;
  private static final int PROMPT_SCORE_BYTES = 3 * Integer.BYTES + Float.BYTES;

  private ResultCodec() {}

  static long bytes(StepResult result) {
    return bytes(result.runCount(), result.scoreCount(), result.promptScoreCount());
  }

  /** Bytes of a result in which every seat's token is scored, and as much of prompts as a step may. */
  static long bytesMax(long seats) {
    long entries = 1 + ScoreSpec.TOP_MAX + ScoreSpec.IDS_MAX;
    return bytes(seats, seats * entries, ScoreSpec.STEP_ENTRIES_MAX + seats * entries);
  }

  private static long bytes(long runs, long scores, long promptScores) {
    return BODY_OFFSET
        + runs * Integer.BYTES
        + scores * SCORE_BYTES
        + promptScores * PROMPT_SCORE_BYTES;
  }

  static void encode(StepResult result, MutableDirectBuffer buffer, int offset) {
    MessageHeader.write(
        buffer,
        offset,
        MessageHeader.RESULT,
        (int) bytes(result),
        result.epoch(),
        result.incarnation(),
        result.step(),
        result.attempt());
    buffer.putInt(offset + RUNS_OFFSET, result.runCount(), ORDER);
    buffer.putInt(offset + ROWS_OFFSET, result.rows(), ORDER);
    for (int run = 0; run < result.runCount(); run++) {
      buffer.putInt(offset + BODY_OFFSET + run * Integer.BYTES, result.token(run), ORDER);
    }
    buffer.putInt(offset + SCORES_OFFSET, result.scoreCount(), ORDER);
    int at = offset + BODY_OFFSET + result.runCount() * Integer.BYTES;
    for (int i = 0; i < result.scoreCount(); i++, at += SCORE_BYTES) {
      buffer.putInt(at, result.scoreRun(i), ORDER);
      buffer.putInt(at + 4, result.scoreToken(i), ORDER);
      buffer.putFloat(at + 8, result.scoreLog(i), ORDER);
    }
    buffer.putInt(offset + PROMPT_SCORES_OFFSET, result.promptScoreCount(), ORDER);
    for (int i = 0; i < result.promptScoreCount(); i++, at += PROMPT_SCORE_BYTES) {
      buffer.putInt(at, result.promptScoreRun(i), ORDER);
      buffer.putInt(at + 4, result.promptScorePosition(i), ORDER);
      buffer.putInt(at + 8, result.promptScoreToken(i), ORDER);
      buffer.putFloat(at + 12, result.promptScoreLog(i), ORDER);
    }
  }

  /** Fills {@code result} from a whole message; false if counts or tokens make no sense. */
  static boolean decode(DirectBuffer buffer, int offset, int length, StepResult result) {
    if (length < BODY_OFFSET) {
      return false;
    }
    int runs = buffer.getInt(offset + RUNS_OFFSET, ORDER);
    int rows = buffer.getInt(offset + ROWS_OFFSET, ORDER);
    int scores = buffer.getInt(offset + SCORES_OFFSET, ORDER);
    int prompts = buffer.getInt(offset + PROMPT_SCORES_OFFSET, ORDER);
    if ((runs | rows | scores | prompts) < 0 || bytes(runs, scores, prompts) != length) {
      return false;
    }
    result.reset(
        MessageHeader.epoch(buffer, offset),
        MessageHeader.incarnation(buffer, offset),
        MessageHeader.step(buffer, offset),
        MessageHeader.attempt(buffer, offset),
        runs,
        rows);
    for (int run = 0; run < runs; run++) {
      int token = buffer.getInt(offset + BODY_OFFSET + run * Integer.BYTES, ORDER);
      if (token < StepResult.NO_TOKEN) {
        return false;
      }
      result.token(run, token);
    }
    int scoresAt = offset + BODY_OFFSET + runs * Integer.BYTES;
    return decodeScores(buffer, scoresAt, scores, result)
        && decodePromptScores(buffer, scoresAt + scores * SCORE_BYTES, prompts, result);
  }

  private static boolean decodeScores(
      DirectBuffer buffer, int start, int scores, StepResult result) {
    int before = 0;
    int at = start;
    for (int i = 0; i < scores; i++, at += SCORE_BYTES) {
      int run = buffer.getInt(at, ORDER);
      int token = buffer.getInt(at + 4, ORDER);
      if (run < before || run >= result.runCount() || token < 0) {
        return false;
      }
      before = run;
      result.addScore(run, token, buffer.getFloat(at + 8, ORDER));
    }
    return true;
  }

  private static boolean decodePromptScores(
      DirectBuffer buffer, int start, int scores, StepResult result) {
    int before = 0;
    int at = start;
    for (int i = 0; i < scores; i++, at += PROMPT_SCORE_BYTES) {
      int run = buffer.getInt(at, ORDER);
      int position = buffer.getInt(at + 4, ORDER);
      int token = buffer.getInt(at + 8, ORDER);
      if (run < before || run >= result.runCount() || position < 1 || token < 0) {
        return false;
      }
      before = run;
      result.addPromptScore(run, position, token, buffer.getFloat(at + 12, ORDER));
    }
    return true;
  }
}
