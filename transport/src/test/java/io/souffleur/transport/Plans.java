package io.souffleur.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.step.PatchEncode;
import io.souffleur.contracts.step.PictureWork;
import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.tier.TierKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Plans for tests: seeded random ones, and a comparison field by field. */
final class Plans {
  private Plans() {}

  /** A decode step of one seat: the smallest useful plan. */
  static StepPlan decodeStep(StepAddress to, long step, int token) {
    StepPlan plan = new StepPlan();
    fillDecodeStep(plan, to, step, token);
    return plan;
  }

  static void fillDecodeStep(StepPlan plan, StepAddress to, long step, int token) {
    plan.reset(to.epoch(), to.incarnation(), step, 0);
    plan.addRun(3, (int) step, 6, 7, true);
    plan.addToken(token);
  }

  static StepPlan prefill(StepAddress to, long step, int tokens) {
    StepPlan plan = new StepPlan();
    plan.reset(to.epoch(), to.incarnation(), step, 0);
    plan.admit(0, SamplingSpec.GREEDY);
    plan.addRun(0, 0, StepPlan.NO_SLOT, 1, true);
    for (int i = 0; i < tokens; i++) {
      plan.addToken(i * 31);
    }
    return plan;
  }

  static StepPlan random(Random random, StepId id) {
    StepPlan plan = new StepPlan();
    plan.reset(id);
    for (int i = random.nextInt(20); i > 0; i--) {
      plan.drop(random.nextInt());
    }
    for (int i = random.nextInt(20); i > 0; i--) {
      admit(random, plan);
    }
    for (int i = random.nextInt(100); i > 0; i--) {
      plan.addPage(random.nextInt(), random.nextInt());
    }
    for (int i = random.nextInt(20); i > 0; i--) {
      plan.copyPage(random.nextInt(), random.nextInt());
    }
    for (int i = random.nextInt(20); i > 0; i--) {
      plan.addRun(
          random.nextInt(),
          random.nextInt(),
          random.nextInt(),
          random.nextInt(),
          random.nextBoolean());
      for (int tokens = random.nextInt(40); tokens > 0; tokens--) {
        plan.addToken(random.nextInt());
      }
      for (int checkpoints = random.nextInt(5); checkpoints > 0; checkpoints--) {
        plan.addCheckpoint(random.nextInt(), random.nextInt());
      }
      if (random.nextInt(3) == 0) {
        plan.scorePrompt(random.nextInt(), random.nextInt(), random.nextInt());
      }
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      plan.addTransfer(new CellTransfer(
          TierKind.values()[random.nextInt(2)],
          CellTransfer.Way.values()[random.nextInt(2)],
          random.nextInt(),
          random.nextInt(),
          random.nextLong(),
          random.nextInt(1, Integer.MAX_VALUE)));
    }
    if (random.nextBoolean()) {
      addPictures(random, plan);
    }
    return plan;
  }

  private static void addPictures(Random random, StepPlan plan) {
    for (int i = random.nextInt(4); i > 0; i--) {
      plan.pictures()
          .addEncode(new PatchEncode(
              random.nextInt(),
              random.nextLong(),
              random.nextLong(),
              random.nextInt(1, 2_000),
              random.nextInt(),
              random.nextInt(),
              random.ints(2L * random.nextInt(1, 5), 1, 100).toArray()));
    }
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      plan.pictures().take(random.nextInt(), random.nextInt(), random.nextInt());
    }
  }

  private static void admit(Random random, StepPlan plan) {
    if (random.nextBoolean()) {
      plan.admit(random.nextInt(), sampling(random));
      return;
    }
    plan.admit(
        random.nextInt(),
        ruled(random),
        random.nextInt(),
        random.ints(random.nextInt(4)).toArray());
    for (int i = random.nextInt(30); i > 0; i--) {
      plan.addHistory(random.nextInt());
    }
  }

  private static SamplingSpec ruled(Random random) {
    List<LogitRules.Bias> bias = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      bias.add(new LogitRules.Bias(random.nextInt(1 << 20), random.nextFloat()));
    }
    SamplingSpec plain = sampling(random);
    var rules = new LogitRules(
        random.nextFloat(), -random.nextFloat(), 1 + random.nextFloat(), random.nextInt(9), bias);
    return new SamplingSpec(
        plain.temperature(),
        plain.topP(),
        plain.minP(),
        plain.topK(),
        plain.seed(),
        plain.choice(),
        rules,
        scores(random));
  }

  private static ScoreSpec scores(Random random) {
    List<Integer> ids = random.ints(random.nextInt(4), 0, 1 << 20).boxed().toList();
    return switch (random.nextInt(3)) {
      case 0 -> ScoreSpec.NONE;
      case 1 -> ScoreSpec.output(random.nextInt(21));
      default -> new ScoreSpec(random.nextInt(21), ids, 1 + random.nextInt(1 << 20));
    };
  }

  private static SamplingSpec sampling(Random random) {
    return new SamplingSpec(
        random.nextFloat() * 2,
        1 - random.nextFloat(),
        random.nextFloat(),
        random.nextInt(100),
        random.nextLong(),
        random.nextInt(8));
  }

  static void assertSame(StepPlan expected, StepPlan actual) {
    assertEquals(expected.scoringCount(), actual.scoringCount());
    for (int i = 0; i < expected.scoringCount(); i++) {
      assertEquals(expected.scoringRun(i), actual.scoringRun(i));
      assertEquals(expected.scoredFrom(i), actual.scoredFrom(i));
      assertEquals(expected.scoredEnd(i), actual.scoredEnd(i));
      assertEquals(expected.scoredFollowing(i), actual.scoredFollowing(i));
    }
    assertEquals(expected.id(), actual.id());
    assertEquals(expected.dropCount(), actual.dropCount());
    for (int i = 0; i < expected.dropCount(); i++) {
      assertEquals(expected.droppedSeat(i), actual.droppedSeat(i));
    }
    assertEquals(expected.admitCount(), actual.admitCount());
    for (int i = 0; i < expected.admitCount(); i++) {
      assertEquals(expected.admittedSeat(i), actual.admittedSeat(i));
      assertEquals(expected.admittedSampling(i), actual.admittedSampling(i));
      assertEquals(expected.admittedPromptTokens(i), actual.admittedPromptTokens(i));
      assertArrayEquals(expected.admittedHeldBack(i), actual.admittedHeldBack(i));
      assertEquals(expected.historyEnd(i), actual.historyEnd(i));
    }
    for (int i = 0; i < expected.historyCount(); i++) {
      assertEquals(expected.historyToken(i), actual.historyToken(i));
    }
    assertEquals(expected.pageCount(), actual.pageCount());
    for (int i = 0; i < expected.pageCount(); i++) {
      assertEquals(expected.pageSeat(i), actual.pageSeat(i));
      assertEquals(expected.pageNumber(i), actual.pageNumber(i));
    }
    assertEquals(expected.copyCount(), actual.copyCount());
    for (int i = 0; i < expected.copyCount(); i++) {
      assertEquals(expected.copiedFrom(i), actual.copiedFrom(i));
      assertEquals(expected.copiedTo(i), actual.copiedTo(i));
    }
    assertSameRuns(expected, actual);
    assertEquals(expected.transferCount(), actual.transferCount());
    for (int i = 0; i < expected.transferCount(); i++) {
      assertEquals(expected.transfer(i), actual.transfer(i));
    }
    assertSamePictures(expected.pictures(), actual.pictures());
  }

  private static void assertSamePictures(PictureWork expected, PictureWork actual) {
    assertEquals(expected.encodeCount(), actual.encodeCount());
    for (int i = 0; i < expected.encodeCount(); i++) {
      PatchEncode one = expected.encode(i);
      PatchEncode other = actual.encode(i);
      assertEquals(one.cell(), other.cell());
      assertEquals(one.generation(), other.generation());
      assertEquals(one.offset(), other.offset());
      assertEquals(one.patchBytes(), other.patchBytes());
      assertEquals(one.patchesPerToken(), other.patchesPerToken());
      assertEquals(one.featureRow(), other.featureRow());
      assertArrayEquals(one.grids(), other.grids());
    }
    assertEquals(expected.takeCount(), actual.takeCount());
    for (int i = 0; i < expected.takeCount(); i++) {
      assertEquals(expected.takenByRow(i), actual.takenByRow(i));
      assertEquals(expected.takenFeature(i), actual.takenFeature(i));
      assertEquals(expected.takenRows(i), actual.takenRows(i));
    }
  }

  private static void assertSameRuns(StepPlan expected, StepPlan actual) {
    assertEquals(expected.runCount(), actual.runCount());
    for (int run = 0; run < expected.runCount(); run++) {
      assertEquals(expected.runSeat(run), actual.runSeat(run));
      assertEquals(expected.runFirstPosition(run), actual.runFirstPosition(run));
      assertEquals(expected.runReadSlot(run), actual.runReadSlot(run));
      assertEquals(expected.runWriteSlot(run), actual.runWriteSlot(run));
      assertEquals(expected.runDraws(run), actual.runDraws(run));
      assertEquals(expected.tokenStart(run), actual.tokenStart(run));
      assertEquals(expected.tokenEnd(run), actual.tokenEnd(run));
      assertEquals(expected.checkpointStart(run), actual.checkpointStart(run));
      assertEquals(expected.checkpointEnd(run), actual.checkpointEnd(run));
    }
    assertEquals(expected.tokenCount(), actual.tokenCount());
    for (int i = 0; i < expected.tokenCount(); i++) {
      assertEquals(expected.token(i), actual.token(i));
    }
    assertEquals(expected.checkpointCount(), actual.checkpointCount());
    for (int i = 0; i < expected.checkpointCount(); i++) {
      assertEquals(expected.checkpointPosition(i), actual.checkpointPosition(i));
      assertEquals(expected.checkpointSlot(i), actual.checkpointSlot(i));
    }
  }
}
