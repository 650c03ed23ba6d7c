package io.souffleur.transport;

import static io.souffleur.transport.MessageHeader.ORDER;

import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.step.StepPlan;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A {@link StepPlan} as bytes, little-endian:
 *
 * <pre>
 *    0 header, 32 bytes ({@link MessageHeader})
 *   32 admits i32 | 36 drops i32 | 40 pages i32 | 44 runs i32 | 48 tokens i32 | 52 terms bytes i32
 *   56 copies i32 | 60 checkpoints i32 | 64 transfers i32 | 68 scorings i32
 *   72 picture bytes i32
 *   76 admit × admits : seat i32, temperature f32, topP f32, minP f32, topK i32, choice i32, seed i64,
 *                       promptTokens i32, terms i32 (1: terms follow)
 *    … terms, in the order of the admits that have some: {@link TermsCodec}
 *    … drop  × drops  : seat i32
 *    … page  × pages  : seat i32, page i32
 *    … copy  × copies : from page i32, to page i32
 *    … run   × runs   : seat i32, firstPosition i32, readSlot i32, writeSlot i32, draws i32, tokens i32,
 *                       checkpoints i32, scored (1: a scoring follows) i32
 *    … token × tokens : id i32, those of the first run first
 *    … checkpoint × checkpoints : position i32, slot i32, those of the first run first
 *    … scoring × scorings : from i32, end i32, following i32, in the order of the runs that have one
 *    … transfer × transfers : {@link TransferCodec}
 *    … pictures : {@link PictureCodec}
 * </pre>
 *
 * Stateless. Allocates nothing but the {@link SamplingSpec} of an admitted seat.
 */
final class PlanCodec {
  private static final int ADMITS_OFFSET = MessageHeader.BYTES;
  private static final int DROPS_OFFSET = ADMITS_OFFSET + Integer.BYTES;
  private static final int PAGES_OFFSET = DROPS_OFFSET + Integer.BYTES;
  private static final int RUNS_OFFSET = PAGES_OFFSET + Integer.BYTES;
  private static final int TOKENS_OFFSET = RUNS_OFFSET + Integer.BYTES;
  private static final int TERMS_OFFSET = TOKENS_OFFSET + Integer.BYTES;
  private static final int COPIES_OFFSET = TERMS_OFFSET + Integer.BYTES;
  private static final int CHECKPOINTS_OFFSET = COPIES_OFFSET + Integer.BYTES;
  private static final int TRANSFERS_OFFSET = CHECKPOINTS_OFFSET + Integer.BYTES;
  private static final int SCORINGS_OFFSET = TRANSFERS_OFFSET + Integer.BYTES;
  private static final int PICTURES_OFFSET = SCORINGS_OFFSET + Integer.BYTES;
  private static final int BODY_OFFSET = PICTURES_OFFSET + Integer.BYTES;

  private static final int ADMIT_BYTES = 8 * Integer.BYTES + Long.BYTES;
  private static final int DROP_BYTES = Integer.BYTES;
  private static final int PAGE_BYTES = 2 * Integer.BYTES;
  private static final int COPY_BYTES = 2 * Integer.BYTES;
  private static final int RUN_BYTES = 8 * Integer.BYTES;
  private static final int TOKEN_BYTES = Integer.BYTES;
  private static final int CHECKPOINT_BYTES = 2 * Integer.BYTES;
  private static final int SCORING_BYTES = 3 * Integer.BYTES;

  private PlanCodec() {}

  /** Bytes of the encoded plan; may exceed what any stream takes. */
  static long bytes(StepPlan plan) {
    return bytes(
        plan.admitCount(),
        plan.dropCount(),
        plan.pageCount(),
        plan.copyCount(),
        plan.runCount(),
        plan.tokenCount(),
        plan.checkpointCount(),
        plan.scoringCount(),
        plan.transferCount(),
        TermsCodec.bytes(plan) + PictureCodec.bytes(plan));
  }

  private static long bytes(
      long admits,
      long drops,
      long pages,
      long copies,
      long runs,
      long tokens,
      long checkpoints,
      long scorings,
      long transfers,
      long otherBytes) {
    return BODY_OFFSET
        + otherBytes
        + admits * ADMIT_BYTES
        + drops * DROP_BYTES
        + pages * PAGE_BYTES
        + copies * COPY_BYTES
        + runs * RUN_BYTES
        + tokens * TOKEN_BYTES
        + checkpoints * CHECKPOINT_BYTES
        + scorings * SCORING_BYTES
        + transfers * TransferCodec.BYTES;
  }

  /**
   * Bytes of a plan that drops, admits and runs every seat, names every page, copies one for every seat,
   * keeps the state after every row, scores in every run, tells every seat's terms, and moves and encodes
   * as much as a plan may.
   *
   * @param history tokens that all seats have computed together
   */
  static long bytesMax(int rows, int seats, int pages, long history) {
    return bytes(
        seats,
        seats,
        pages,
        seats,
        seats,
        rows,
        rows,
        seats,
        CellTransfer.PLAN_MAX,
        TermsCodec.bytesMax(seats, history) + PictureCodec.bytesMax(rows));
  }

  /** Writes exactly {@link #bytes} bytes. */
  static void encode(StepPlan plan, MutableDirectBuffer buffer, int offset) {
    int bytes = (int) bytes(plan);
    MessageHeader.write(
        buffer,
        offset,
        MessageHeader.PLAN,
        bytes,
        plan.epoch(),
        plan.incarnation(),
        plan.step(),
        plan.attempt());
    buffer.putInt(offset + ADMITS_OFFSET, plan.admitCount(), ORDER);
    buffer.putInt(offset + DROPS_OFFSET, plan.dropCount(), ORDER);
    buffer.putInt(offset + PAGES_OFFSET, plan.pageCount(), ORDER);
    buffer.putInt(offset + RUNS_OFFSET, plan.runCount(), ORDER);
    buffer.putInt(offset + TOKENS_OFFSET, plan.tokenCount(), ORDER);
    buffer.putInt(offset + TERMS_OFFSET, (int) TermsCodec.bytes(plan), ORDER);
    buffer.putInt(offset + COPIES_OFFSET, plan.copyCount(), ORDER);
    buffer.putInt(offset + CHECKPOINTS_OFFSET, plan.checkpointCount(), ORDER);
    buffer.putInt(offset + TRANSFERS_OFFSET, plan.transferCount(), ORDER);
    buffer.putInt(offset + SCORINGS_OFFSET, plan.scoringCount(), ORDER);
    buffer.putInt(offset + PICTURES_OFFSET, (int) PictureCodec.bytes(plan), ORDER);
    int at = encodeAdmits(plan, buffer, offset + BODY_OFFSET);
    for (int i = 0; i < plan.admitCount(); i++) {
      at = TermsCodec.encode(plan, i, buffer, at);
    }
    at = encodeDropsAndPages(plan, buffer, at);
    at = encodeRunsAndTokens(plan, buffer, at);
    for (int i = 0; i < plan.transferCount(); i++, at += TransferCodec.BYTES) {
      TransferCodec.encode(plan.transfer(i), plan.epoch(), buffer, at);
    }
    PictureCodec.encode(plan, buffer, at);
  }

  private static int encodeAdmits(StepPlan plan, MutableDirectBuffer buffer, int start) {
    int at = start;
    for (int i = 0; i < plan.admitCount(); i++) {
      SamplingSpec sampling = plan.admittedSampling(i);
      buffer.putInt(at, plan.admittedSeat(i), ORDER);
      buffer.putFloat(at + 4, sampling.temperature(), ORDER);
      buffer.putFloat(at + 8, sampling.topP(), ORDER);
      buffer.putFloat(at + 12, sampling.minP(), ORDER);
      buffer.putInt(at + 16, sampling.topK(), ORDER);
      buffer.putInt(at + 20, sampling.choice(), ORDER);
      buffer.putLong(at + 24, sampling.seed(), ORDER);
      buffer.putInt(at + 32, plan.admittedPromptTokens(i), ORDER);
      buffer.putInt(at + 36, TermsCodec.hasTerms(plan, i) ? 1 : 0, ORDER);
      at += ADMIT_BYTES;
    }
    return at;
  }

  private static int encodeDropsAndPages(StepPlan plan, MutableDirectBuffer buffer, int start) {
    int at = start;
    for (int i = 0; i < plan.dropCount(); i++) {
      buffer.putInt(at, plan.droppedSeat(i), ORDER);
      at += DROP_BYTES;
    }
    for (int i = 0; i < plan.pageCount(); i++) {
      buffer.putInt(at, plan.pageSeat(i), ORDER);
      buffer.putInt(at + 4, plan.pageNumber(i), ORDER);
      at += PAGE_BYTES;
    }
    for (int i = 0; i < plan.copyCount(); i++) {
      buffer.putInt(at, plan.copiedFrom(i), ORDER);
      buffer.putInt(at + 4, plan.copiedTo(i), ORDER);
      at += COPY_BYTES;
    }
    return at;
  }

  private static int encodeRunsAndTokens(StepPlan plan, MutableDirectBuffer buffer, int start) {
    int at = start;
    int scoring = 0;
    for (int run = 0; run < plan.runCount(); run++) {
      buffer.putInt(at, plan.runSeat(run), ORDER);
      buffer.putInt(at + 4, plan.runFirstPosition(run), ORDER);
      buffer.putInt(at + 8, plan.runReadSlot(run), ORDER);
      buffer.putInt(at + 12, plan.runWriteSlot(run), ORDER);
      buffer.putInt(at + 16, plan.runDraws(run) ? 1 : 0, ORDER);
      buffer.putInt(at + 20, plan.tokenEnd(run) - plan.tokenStart(run), ORDER);
      buffer.putInt(at + 24, plan.checkpointEnd(run) - plan.checkpointStart(run), ORDER);
      boolean scored = scoring < plan.scoringCount() && plan.scoringRun(scoring) == run;
      buffer.putInt(at + 28, scored ? 1 : 0, ORDER);
      scoring += scored ? 1 : 0;
      at += RUN_BYTES;
    }
    for (int i = 0; i < plan.tokenCount(); i++) {
      buffer.putInt(at, plan.token(i), ORDER);
      at += TOKEN_BYTES;
    }
    for (int i = 0; i < plan.checkpointCount(); i++) {
      buffer.putInt(at, plan.checkpointPosition(i), ORDER);
      buffer.putInt(at + 4, plan.checkpointSlot(i), ORDER);
      at += CHECKPOINT_BYTES;
    }
    for (int i = 0; i < plan.scoringCount(); i++) {
      buffer.putInt(at, plan.scoredFrom(i), ORDER);
      buffer.putInt(at + 4, plan.scoredEnd(i), ORDER);
      buffer.putInt(at + 8, plan.scoredFollowing(i), ORDER);
      at += SCORING_BYTES;
    }
    return at;
  }

  /**
   * Fills {@code plan} from a message that {@link MessageHeader#isWhole} accepted.
   *
   * @return false if counts, lengths or values make no sense; the plan is then empty of work
   */
  static boolean decode(DirectBuffer buffer, int offset, int length, StepPlan plan) {
    plan.reset(
        MessageHeader.epoch(buffer, offset),
        MessageHeader.incarnation(buffer, offset),
        MessageHeader.step(buffer, offset),
        MessageHeader.attempt(buffer, offset));
    if (!countsFit(buffer, offset, length) || !decodeBody(buffer, offset, plan)) {
      plan.reset(plan.epoch(), plan.incarnation(), plan.step(), plan.attempt());
      return false;
    }
    return true;
  }

  private static boolean countsFit(DirectBuffer buffer, int offset, int length) {
    if (length < BODY_OFFSET) {
      return false;
    }
    int terms = buffer.getInt(offset + TERMS_OFFSET, ORDER);
    int admits = buffer.getInt(offset + ADMITS_OFFSET, ORDER);
    int drops = buffer.getInt(offset + DROPS_OFFSET, ORDER);
    int pages = buffer.getInt(offset + PAGES_OFFSET, ORDER);
    int runs = buffer.getInt(offset + RUNS_OFFSET, ORDER);
    int tokens = buffer.getInt(offset + TOKENS_OFFSET, ORDER);
    int copies = buffer.getInt(offset + COPIES_OFFSET, ORDER);
    int checkpoints = buffer.getInt(offset + CHECKPOINTS_OFFSET, ORDER);
    int transfers = buffer.getInt(offset + TRANSFERS_OFFSET, ORDER);
    int scorings = buffer.getInt(offset + SCORINGS_OFFSET, ORDER);
    int pictures = buffer.getInt(offset + PICTURES_OFFSET, ORDER);
    int counts = admits | drops | pages | copies | runs | tokens | checkpoints | scorings;
    return (counts | transfers | terms | pictures) >= 0
        && bytes(
                admits,
                drops,
                pages,
                copies,
                runs,
                tokens,
                checkpoints,
                scorings,
                transfers,
                (long) terms + pictures)
            == length;
  }

  private static boolean decodeBody(DirectBuffer buffer, int offset, StepPlan plan) {
    int at = offset + BODY_OFFSET;
    int admits = buffer.getInt(offset + ADMITS_OFFSET, ORDER);
    int termsAt = at + admits * ADMIT_BYTES;
    int termsEnd = termsAt + buffer.getInt(offset + TERMS_OFFSET, ORDER);
    for (int i = 0; i < admits && termsAt >= 0; i++, at += ADMIT_BYTES) {
      termsAt = decodeAdmit(buffer, at, termsAt, termsEnd, plan);
    }
    if (termsAt != termsEnd) {
      return false;
    }
    at = termsEnd;
    int drops = buffer.getInt(offset + DROPS_OFFSET, ORDER);
    for (int i = 0; i < drops; i++, at += DROP_BYTES) {
      plan.drop(buffer.getInt(at, ORDER));
    }
    int pages = buffer.getInt(offset + PAGES_OFFSET, ORDER);
    for (int i = 0; i < pages; i++, at += PAGE_BYTES) {
      plan.addPage(buffer.getInt(at, ORDER), buffer.getInt(at + 4, ORDER));
    }
    int copies = buffer.getInt(offset + COPIES_OFFSET, ORDER);
    for (int i = 0; i < copies; i++, at += COPY_BYTES) {
      plan.copyPage(buffer.getInt(at, ORDER), buffer.getInt(at + 4, ORDER));
    }
    return decodeRuns(buffer, offset, at, plan);
  }

  /** Where the next terms begin, or {@link TermsCodec#MALFORMED}. */
  private static int decodeAdmit(
      DirectBuffer buffer, int at, int termsAt, int termsEnd, StepPlan plan) {
    int terms = buffer.getInt(at + 36, ORDER);
    try {
      SamplingSpec sampling = new SamplingSpec(
          buffer.getFloat(at + 4, ORDER),
          buffer.getFloat(at + 8, ORDER),
          buffer.getFloat(at + 12, ORDER),
          buffer.getInt(at + 16, ORDER),
          buffer.getLong(at + 24, ORDER),
          buffer.getInt(at + 20, ORDER));
      int seat = buffer.getInt(at, ORDER);
      int promptTokens = buffer.getInt(at + 32, ORDER);
      if (terms == 1) {
        return TermsCodec.decode(buffer, termsAt, termsEnd, seat, promptTokens, sampling, plan);
      }
      plan.admit(seat, sampling, promptTokens, TermsCodec.NOTHING);
      return terms == 0 ? termsAt : TermsCodec.MALFORMED;
    } catch (IllegalArgumentException valueOutOfRange) {
      return TermsCodec.MALFORMED;
    }
  }

  private static boolean decodeRuns(DirectBuffer buffer, int offset, int start, StepPlan plan) {
    int runs = buffer.getInt(offset + RUNS_OFFSET, ORDER);
    int tokensLeft = buffer.getInt(offset + TOKENS_OFFSET, ORDER);
    int checkpointsLeft = buffer.getInt(offset + CHECKPOINTS_OFFSET, ORDER);
    int at = start;
    int tokenAt = start + runs * RUN_BYTES;
    int checkpointAt = tokenAt + tokensLeft * TOKEN_BYTES;
    int scoringsLeft = buffer.getInt(offset + SCORINGS_OFFSET, ORDER);
    int scoringAt = checkpointAt + checkpointsLeft * CHECKPOINT_BYTES;
    for (int run = 0; run < runs; run++, at += RUN_BYTES) {
      int draws = buffer.getInt(at + 16, ORDER);
      int runTokens = buffer.getInt(at + 20, ORDER);
      int checkpoints = buffer.getInt(at + 24, ORDER);
      int scored = buffer.getInt(at + 28, ORDER);
      if (((draws | scored) & ~1) != 0
          || scored > scoringsLeft
          || (runTokens | checkpoints) < 0
          || runTokens > tokensLeft
          || checkpoints > checkpointsLeft) {
        return false;
      }
      plan.addRun(
          buffer.getInt(at, ORDER),
          buffer.getInt(at + 4, ORDER),
          buffer.getInt(at + 8, ORDER),
          buffer.getInt(at + 12, ORDER),
          draws == 1);
      for (int i = 0; i < runTokens; i++, tokenAt += TOKEN_BYTES) {
        plan.addToken(buffer.getInt(tokenAt, ORDER));
      }
      for (int i = 0; i < checkpoints; i++, checkpointAt += CHECKPOINT_BYTES) {
        plan.addCheckpoint(
            buffer.getInt(checkpointAt, ORDER), buffer.getInt(checkpointAt + 4, ORDER));
      }
      if (scored == 1) {
        plan.scorePrompt(
            buffer.getInt(scoringAt, ORDER),
            buffer.getInt(scoringAt + 4, ORDER),
            buffer.getInt(scoringAt + 8, ORDER));
        scoringAt += SCORING_BYTES;
      }
      tokensLeft -= runTokens;
      checkpointsLeft -= checkpoints;
      scoringsLeft -= scored;
    }
    return tokensLeft == 0
        && checkpointsLeft == 0
        && scoringsLeft == 0
        && decodeTransfers(buffer, offset, scoringAt, plan);
  }

  private static boolean decodeTransfers(
      DirectBuffer buffer, int offset, int start, StepPlan plan) {
    int transfers = buffer.getInt(offset + TRANSFERS_OFFSET, ORDER);
    int at = start;
    for (int i = 0; i < transfers; i++, at += TransferCodec.BYTES) {
      Optional<CellTransfer> transfer = TransferCodec.decode(buffer, at, plan.epoch());
      if (transfer.isEmpty()) {
        return false;
      }
      plan.addTransfer(transfer.get());
    }
    return PictureCodec.decode(buffer, at, buffer.getInt(offset + PICTURES_OFFSET, ORDER), plan);
  }
}
