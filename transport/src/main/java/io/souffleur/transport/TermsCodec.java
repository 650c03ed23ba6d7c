package io.souffleur.transport;

import static io.souffleur.transport.MessageHeader.ORDER;

import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.step.StepPlan;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What an admission says beyond the plain way of drawing, little-endian:
 *
 * <pre>
 *    0 frequency f32 | 4 presence f32 | 8 repetition f32 | 12 minTokens i32 | 16 topScores i32
 *   20 biases i32 | 24 heldBack i32 | 28 history i32 | 32 scored ids i32 | 36 scored prompt from i32
 *   40 bias × biases : token i32, value f32
 *    … heldBack ids i32, then scored ids i32, then history ids i32
 * </pre>
 *
 * Stateless. An admission without terms costs nothing here.
 */
final class TermsCodec {
  static final int MALFORMED = -1;
  static final int[] NOTHING = {};

  private static final int HEAD_BYTES = 40;
  private static final int BIAS_BYTES = 8;

  private TermsCodec() {}

  static boolean hasTerms(StepPlan plan, int admit) {
    SamplingSpec sampling = plan.admittedSampling(admit);
    return sampling.scored()
        || !sampling.rules().neutral()
        || plan.admittedHeldBack(admit).length > 0
        || plan.historyEnd(admit) > plan.historyStart(admit);
  }

  static long bytes(StepPlan plan) {
    long bytes = 4L * plan.historyCount();
    for (int i = 0; i < plan.admitCount(); i++) {
      if (hasTerms(plan, i)) {
        bytes += HEAD_BYTES
            + BIAS_BYTES * plan.admittedSampling(i).rules().bias().size()
            + 4L * plan.admittedHeldBack(i).length
            + 4L * plan.admittedSampling(i).scores().ids().size();
      }
    }
    return bytes;
  }

  /** @param history tokens of all seats */
  static long bytesMax(long seats, long history) {
    long terms = HEAD_BYTES
        + BIAS_BYTES * LogitRules.BIAS_MAX
        + 4L * LogitRules.STOP_TOKENS_MAX
        + 4L * ScoreSpec.IDS_MAX;
    return seats * terms + 4 * history;
  }

  /** Writes the terms of an admission, if it has some, and returns where they end. */
  static int encode(StepPlan plan, int admit, MutableDirectBuffer buffer, int start) {
    if (!hasTerms(plan, admit)) {
      return start;
    }
    SamplingSpec sampling = plan.admittedSampling(admit);
    LogitRules rules = sampling.rules();
    int[] heldBack = plan.admittedHeldBack(admit);
    buffer.putFloat(start, rules.frequencyPenalty(), ORDER);
    buffer.putFloat(start + 4, rules.presencePenalty(), ORDER);
    buffer.putFloat(start + 8, rules.repetitionPenalty(), ORDER);
    buffer.putInt(start + 12, rules.minTokens(), ORDER);
    buffer.putInt(start + 16, sampling.scores().top(), ORDER);
    buffer.putInt(start + 20, rules.bias().size(), ORDER);
    buffer.putInt(start + 24, heldBack.length, ORDER);
    buffer.putInt(start + 28, plan.historyEnd(admit) - plan.historyStart(admit), ORDER);
    buffer.putInt(start + 32, sampling.scores().ids().size(), ORDER);
    buffer.putInt(start + 36, sampling.scores().promptFrom(), ORDER);
    int at = start + HEAD_BYTES;
    for (LogitRules.Bias bias : rules.bias()) {
      buffer.putInt(at, bias.token(), ORDER);
      buffer.putFloat(at + 4, bias.value(), ORDER);
      at += BIAS_BYTES;
    }
    for (int id : heldBack) {
      buffer.putInt(at, id, ORDER);
      at += 4;
    }
    for (int id : sampling.scores().ids()) {
      buffer.putInt(at, id, ORDER);
      at += 4;
    }
    for (int i = plan.historyStart(admit); i < plan.historyEnd(admit); i++) {
      buffer.putInt(at, plan.historyToken(i), ORDER);
      at += 4;
    }
    return at;
  }

  /**
   * Admits a seat with the terms that begin at {@code start}.
   *
   * @param plain the sampling without its terms
   * @return where they end, or {@link #MALFORMED} if they reach beyond {@code end}
   * @throws IllegalArgumentException if a value is out of its range
   */
  static int decode(
      DirectBuffer buffer,
      int start,
      int end,
      int seat,
      int promptTokens,
      SamplingSpec plain,
      StepPlan plan) {
    if (end - start < HEAD_BYTES) {
      return MALFORMED;
    }
    int biases = buffer.getInt(start + 20, ORDER);
    int held = buffer.getInt(start + 24, ORDER);
    int history = buffer.getInt(start + 28, ORDER);
    int scored = buffer.getInt(start + 32, ORDER);
    long bytes = HEAD_BYTES + (long) BIAS_BYTES * biases + 4L * held + 4L * scored + 4L * history;
    if ((biases | held | scored | history) < 0
        || biases > LogitRules.BIAS_MAX
        || scored > ScoreSpec.IDS_MAX
        || held > LogitRules.STOP_TOKENS_MAX
        || bytes > end - start) {
      return MALFORMED;
    }
    int at = start + HEAD_BYTES;
    List<LogitRules.Bias> bias = new ArrayList<>(biases);
    for (int i = 0; i < biases; i++, at += BIAS_BYTES) {
      bias.add(new LogitRules.Bias(buffer.getInt(at, ORDER), buffer.getFloat(at + 4, ORDER)));
    }
    int[] heldBack = new int[held];
    for (int i = 0; i < held; i++, at += 4) {
      heldBack[i] = buffer.getInt(at, ORDER);
    }
    List<Integer> ids = new ArrayList<>(scored);
    for (int i = 0; i < scored; i++, at += 4) {
      ids.add(buffer.getInt(at, ORDER));
    }
    LogitRules rules = new LogitRules(
        buffer.getFloat(start, ORDER),
        buffer.getFloat(start + 4, ORDER),
        buffer.getFloat(start + 8, ORDER),
        buffer.getInt(start + 12, ORDER),
        bias);
    plan.admit(
        seat,
        new SamplingSpec(
            plain.temperature(),
            plain.topP(),
            plain.minP(),
            plain.topK(),
            plain.seed(),
            plain.choice(),
            rules,
            new ScoreSpec(buffer.getInt(start + 16, ORDER), ids, buffer.getInt(start + 36, ORDER))),
        promptTokens,
        heldBack);
    for (int i = 0; i < history; i++, at += 4) {
      plan.addHistory(buffer.getInt(at, ORDER));
    }
    return at;
  }
}
