package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.scheduler.EngineLoop;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.scheduler.EngineSnapshot;
import io.souffleur.scheduler.PrioritySettings;
import io.souffleur.scheduler.SchedulingSettings;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law among bad neighbours: some requests are watched while others come, are aborted while they wait,
 * in their prompt or in decode, push in by priority and take pages away, and ranks die over it. Tokens,
 * scores and logits of the watched ones have the bits they have alone, sampled ones by their seed.
 */
class NeighbourLawTest {
  private static final int CONTEXT = 96;
  private static final int RUNNING = 5;
  private static final int WATCHED = 6;
  private static final int NEIGHBOURS = 24;

  /** The reference twin is a hundred times slower. */
  private static final int REFERENCE_NEIGHBOURS = 6;

  private static final int NEIGHBOUR_SEEDS = 10_000;
  private static final int ABORT_CYCLES_MAX = 12;
  private static final int URGENT = 100;

  /** A neighbour, and how many cycles after it was submitted it is aborted; negative for never. */
  private record Neighbour(GenerationRequest request, int arrival, int abortAfter) {}

  private EngineSnapshot last;
  private int deaths;

  private static GenerationRequest request(
      String id, int[] prompt, SamplingSpec sampling, int newTokens, OptionalInt priority) {
    return new GenerationRequest(
        new RequestId(id), prompt, new int[0], sampling, newTokens, new int[0], priority);
  }

  private static SamplingSpec sampling(int i, long seed) {
    LogitRules rules =
        i % 3 == 1 ? new LogitRules(0.7f, 0.3f, 1.2f, 0, List.of()) : LogitRules.NONE;
    return i % 2 == 0
        ? new SamplingSpec(0.9f, 0.95f, 0.01f, 60, seed, i % 4, rules, ScoreSpec.output(i % 3 - 1))
        : new SamplingSpec(0, 1, 0, 0, seed, 0, rules, ScoreSpec.output(i % 3 - 1));
  }

  private static List<GenerationRequest> watched(TinyModel model) {
    var random = new Random(23);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < WATCHED; i++) {
      int[] prompt = random.ints(1 + random.nextInt(45), 0, model.vocabulary()).toArray();
      requests.add(
          request("w" + i, prompt, sampling(i, i), 15 + random.nextInt(20), OptionalInt.of(i % 3)));
    }
    return requests;
  }

  private static List<Neighbour> neighbours(TinyModel model, TinyModel.Case on, long seed) {
    int count = on.provider().equals("reference") ? REFERENCE_NEIGHBOURS : NEIGHBOURS;
    var random = new Random(seed);
    List<Neighbour> neighbours = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = random.ints(1 + random.nextInt(60), 0, model.vocabulary()).toArray();
      var priority = random.nextInt(3) == 0 ? OptionalInt.of(URGENT) : OptionalInt.empty();
      int abortAfter = i % 3 == 0 ? -1 : random.nextInt(ABORT_CYCLES_MAX);
      neighbours.add(new Neighbour(
          request("n" + i, prompt, sampling(i, NEIGHBOUR_SEEDS + i), 30, priority),
          random.nextInt(60),
          i % 6 == 1 ? 0 : abortAfter));
    }
    return neighbours;
  }

  private Answers run(
      TinyModel model,
      List<GenerationRequest> watched,
      List<Neighbour> neighbours,
      int running,
      int pages,
      int deathOneIn) {
    CacheLayout layout = model.layout();
    var scheduling = SchedulingSettings.DEFAULT
        .conservativeness(0)
        .priority(
            new PrioritySettings(true, false, OptionalInt.of(10), OptionalInt.empty(), false));
    var settings = new EngineSettings(CONTEXT, running, 9, 64, 10_000, scheduling);
    var capacity = new CacheCapacity(pages, 2 * running);
    var limits = ShardLimits.of(running, settings.stepRowsMax(), CONTEXT, layout.pageTokens());
    var answers = new Answers();
    try (var kv = KvStore.inMemory(layout, capacity);
        var states = StateStore.inMemory(layout, capacity)) {
      kv.pool().fill((byte) 0xFF);
      states.pool().fill((byte) 0xFF);
      try (var executor = new MortalExecutor(
          () -> rank(model, kv, states, limits, answers),
          kv,
          states,
          new Random(pages),
          deathOneIn)) {
        var loop = new EngineLoop(1, settings, layout, capacity, executor, () -> 0);
        drive(loop, watched, neighbours, answers);
        last = loop.counters().snapshot();
        deaths = executor.deaths();
      }
    }
    assertEquals(0, last.pagesUsed() + last.slotsUsed());
    return answers;
  }

  private static ShardRuntime rank(
      TinyModel model, KvStore kv, StateStore states, ShardLimits limits, Answers answers) {
    var rank = new ShardRuntime(model.decoder, model.kernels, kv, states, model.layout(), limits);
    Map<Integer, SamplingSpec> bySeat = new HashMap<>();
    rank.tap((plan, logits, count) -> note(plan, logits, bySeat, answers));
    return rank;
  }

  private static void note(
      StepPlan plan, Tensor logits, Map<Integer, SamplingSpec> bySeat, Answers answers) {
    for (int i = 0; i < plan.admitCount(); i++) {
      bySeat.put(plan.admittedSeat(i), plan.admittedSampling(i));
    }
    int row = 0;
    for (int run = 0; run < plan.runCount(); run++) {
      if (plan.runDraws(run)) {
        int position = plan.runFirstPosition(run) + plan.tokenEnd(run) - plan.tokenStart(run);
        float[] bits = logits.rows(row++, 1).memory().toArray(ValueLayout.JAVA_FLOAT);
        answers.onLogits(draws(bySeat.get(plan.runSeat(run))), position, bits);
      }
    }
  }

  /** One number for what decides the draws of a request. */
  private static long draws(SamplingSpec sampling) {
    return sampling.seed() + 1_000_000L * sampling.choice();
  }

  private static void drive(
      EngineLoop loop,
      List<GenerationRequest> watched,
      List<Neighbour> neighbours,
      Answers answers) {
    watched.forEach(each -> submit(loop, each, answers));
    int cycle = 0;
    for (boolean allArrived = false; !allArrived || !answers.allEnded(); cycle++) {
      assertTrue(cycle < 20_000, "stuck");
      allArrived = true;
      for (Neighbour each : neighbours) {
        allArrived &= each.arrival() <= cycle;
        if (each.arrival() == cycle) {
          submit(loop, each.request(), answers);
        }
        if (each.abortAfter() >= 0 && each.arrival() + each.abortAfter() == cycle) {
          loop.inbox().abort(each.request().id());
        }
      }
      loop.doWork();
      loop.checkIntegrity();
    }
    loop.doWork();
  }

  private static void submit(EngineLoop loop, GenerationRequest request, Answers answers) {
    var refusal = loop.inbox().submit(request, answers.sink(request.id().value()));
    assertTrue(refusal.isEmpty(), refusal.toString());
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void abortsPrioritiesRetractionAndDeathsAroundItChangeNoBit(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> watched = watched(model);
      Answers alone = run(model, watched, List.of(), 1, 64, 0);
      long seeds = on.provider().equals("reference") ? 1 : 4;
      for (long seed = 1; seed <= seeds; seed++) {
        List<Neighbour> neighbours = neighbours(model, on, seed);

        Answers answers = run(model, watched, neighbours, RUNNING, 10, 6);

        for (GenerationRequest each : watched) {
          answers.assertSame(
              "neighbours " + seed, each.id().value(), draws(each.sampling()), alone);
        }
        assertTrue(last.cancelled() > 0, "no abort");
        assertTrue(last.preemptions() > 0, "no retraction");
        assertTrue(deaths > 0, "no death");
        assertAbortedBeforeAndAfterTheFirstToken(neighbours, answers);
      }
    }
  }

  private static void assertAbortedBeforeAndAfterTheFirstToken(
      List<Neighbour> neighbours, Answers answers) {
    List<Integer> tokens = neighbours.stream()
        .filter(each -> each.abortAfter() >= 0)
        .map(each -> answers.tokens(each.request().id().value()).size())
        .toList();
    assertTrue(tokens.contains(0), tokens.toString());
    assertTrue(
        neighbours.size() == REFERENCE_NEIGHBOURS
            || tokens.stream().anyMatch(count -> count > 0 && count < 30),
        tokens.toString());
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void aSeedAndItsChoiceDecideEveryDraw(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      int[] prompt = new Random(31).ints(20, 0, model.vocabulary()).toArray();
      List<GenerationRequest> requests = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        long seed = 40 + i / 3;
        int choice = i % 3 == 2 ? 1 : 0;
        var hot = new SamplingSpec(2, 1, 0, 0, seed, choice);
        requests.add(request("s" + i, prompt, hot, 30, OptionalInt.of(0)));
      }

      Answers crowded = run(model, requests, neighbours(model, on, 9), RUNNING, 12, 6);

      for (int first = 0; first < 6; first += 3) {
        assertEquals(crowded.tokens("s" + first), crowded.tokens("s" + (first + 1)));
        assertNotEquals(crowded.tokens("s" + first), crowded.tokens("s" + (first + 2)));
      }
      assertNotEquals(crowded.tokens("s0"), crowded.tokens("s3"));
    }
  }
}
