package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.CellTransfer;
import io.souffleur.contracts.step.CellTransfer.Way;
import io.souffleur.contracts.step.StepFailure;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.models.ComputeType;
import io.souffleur.transport.ArenaCells;
import io.souffleur.transport.SlotArena;
import io.souffleur.transport.TransportCounters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One rank that gives and takes pages and states through cells, driven by hand-written plans. */
class CellTransfersTest {
  private static final CacheCapacity CAPACITY = new CacheCapacity(4, 4);
  private static final long EPOCH = 3;

  @TempDir
  Path folder;

  private final StepPlan plan = new StepPlan();
  private final StepResult result = new StepResult();
  private final TransportCounters counters = new TransportCounters();
  private TinyModel model;
  private KvStore kv;
  private StateStore states;
  private SlotArena pageCells;
  private SlotArena stateCells;
  private ArenaCells pageView;
  private ArenaCells stateView;
  private ShardRuntime rank;
  private long step;

  @BeforeEach
  void open() throws IOException {
    model = new TinyModel(new TinyModel.Case("reference", ComputeType.FLOAT32), 1);
    kv = KvStore.inMemory(model.layout(), CAPACITY);
    states = StateStore.inMemory(model.layout(), CAPACITY);
    pageCells = cells(TierKind.PAGE, model.layout().pageBytes());
    stateCells = cells(TierKind.STATE, model.layout().slotBytes());
    pageView = ArenaCells.open(folder.resolve("PAGE"), counters);
    stateView = ArenaCells.open(folder.resolve("STATE"), counters);
    rank = new ShardRuntime(
        model.decoder, model.kernels, kv, states, model.layout(), new ShardLimits(2, 8, 2));
    rank.connect(Map.of(TierKind.PAGE, pageView, TierKind.STATE, stateView));
    next();
  }

  private SlotArena cells(TierKind kind, long bytes) throws IOException {
    return SlotArena.create(folder.resolve(kind.name()), ArenaCells.arena(kind), 2, bytes, EPOCH);
  }

  @AfterEach
  void close() throws IOException {
    rank.close();
    pageView.close();
    stateView.close();
    pageCells.close();
    stateCells.close();
    states.close();
    kv.close();
    model.close();
  }

  private void next() {
    plan.reset(EPOCH, 1, ++step, 0);
  }

  private CellTransfer page(Way way, int number, int cell) {
    return new CellTransfer(
        TierKind.PAGE, way, number, cell, pageCells.generation(cell), (int) kv.strideBytes());
  }

  private CellTransfer state(Way way, int number, int cell) {
    return new CellTransfer(
        TierKind.STATE, way, number, cell, stateCells.generation(cell), (int) states.strideBytes());
  }

  private void admit(int seat, int page) {
    plan.admit(seat, SamplingSpec.GREEDY);
    plan.addPage(seat, page);
  }

  private void run(int seat, int first, int read, int write, int... tokens) {
    plan.addRun(seat, first, read, write, true);
    for (int token : tokens) {
      plan.addToken(token);
    }
  }

  private void assertViolation(String part) {
    var failure = assertThrows(StepFailure.class, () -> rank.execute(plan, result));
    assertTrue(failure.getMessage().contains(part), failure.getMessage());
  }

  @Test
  void aPrefixThatWentOutAndCameBackElsewhereGivesTheSameTokens() {
    admit(0, 0);
    run(0, 0, StepPlan.NO_SLOT, 0, 1, 2, 3);
    rank.execute(plan, result);
    int token = result.token(0);
    next();
    int pageCell = pageCells.claim();
    int stateCell = stateCells.claim();
    plan.addTransfer(page(Way.OUT, 0, pageCell));
    plan.addTransfer(state(Way.OUT, 0, stateCell));
    run(0, 3, 0, 1, token);
    rank.execute(plan, result);
    int expected = result.token(0);

    next();
    plan.addTransfer(page(Way.IN, 3, pageCell));
    plan.addTransfer(state(Way.IN, 2, stateCell));
    rank.execute(plan, result);
    rank.execute(plan, result);
    assertTrue(result.answers(plan));
    assertEquals(0, result.rows());
    next();
    admit(1, 3);
    run(1, 3, 2, 3, token);
    rank.execute(plan, result);

    assertEquals(expected, result.token(0));
    assertEquals(-1, states.slot(1).mismatch(states.slot(3)));
  }

  @Test
  void refusesACellThatWasReleased() {
    int cell = pageCells.claim();
    plan.addTransfer(page(Way.OUT, 0, cell));
    pageCells.release(cell);
    pageCells.claim();

    assertViolation("in a cell that is not current");
  }

  @Test
  void refusesNumbersAndSizesItDoesNotHave() {
    int cell = pageCells.claim();
    plan.addTransfer(page(Way.OUT, 4, cell));
    assertViolation("of 4");

    next();
    long generation = pageCells.generation(cell);
    plan.addTransfer(new CellTransfer(TierKind.PAGE, Way.OUT, 0, cell, generation, 64));
    assertViolation("where one has " + kv.strideBytes() + " B");
  }

  @Test
  void refusesWhatComesInWhereSomebodyWorks() {
    int pageCell = pageCells.claim();
    int stateCell = stateCells.claim();
    admit(0, 1);
    run(0, 0, StepPlan.NO_SLOT, 2, 1);
    plan.addTransfer(page(Way.IN, 1, pageCell));
    assertViolation("page 1 comes in and is used in the same step");

    next();
    admit(0, 1);
    run(0, 0, StepPlan.NO_SLOT, 2, 1);
    plan.addTransfer(state(Way.IN, 2, stateCell));
    assertViolation("slot 2 is moved and used in the same step");

    next();
    admit(0, 1);
    run(0, 0, StepPlan.NO_SLOT, 2, 1);
    plan.addTransfer(state(Way.OUT, 2, stateCell));
    assertViolation("slot 2 is moved and used in the same step");
  }

  @Test
  void refusesAPageThatComesInTwiceOrGoesOutToo() {
    int first = pageCells.claim();
    int second = pageCells.claim();
    plan.addTransfer(page(Way.IN, 1, first));
    plan.addTransfer(page(Way.IN, 1, second));
    assertViolation("comes in twice");

    next();
    plan.addTransfer(page(Way.OUT, 1, first));
    plan.addTransfer(page(Way.IN, 1, second));
    assertViolation("goes out and comes in");
  }

  @Test
  void refusesMoreTransfersThanAPlanMayHave() {
    int cell = pageCells.claim();
    for (int i = 0; i <= CellTransfer.PLAN_MAX; i++) {
      plan.addTransfer(page(Way.OUT, 1, cell));
    }
    assertViolation("65 transfers, allowed are 64");
  }
}
