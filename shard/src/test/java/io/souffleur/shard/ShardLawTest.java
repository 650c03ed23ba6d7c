package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.scheduler.EngineLoop;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.scheduler.EngineSnapshot;
import io.souffleur.scheduler.SchedulingSettings;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law, from the engine loop down to the kernels: tokens and logits of a request have the same bits
 * alone, in any batch, in any chunks, after preemption, after the death of ranks, on any number of
 * threads. Shelves start full of NaN, so that whatever is read without having been written shows.
 */
class ShardLawTest {
  private static final int CONTEXT = 96;
  private static final int REQUESTS = 16;
  private static final int HELD_BACK = 2;
  private static final int LEAST_TOKENS = 3;

  /** The reference twin is a hundred times slower. */
  private static final int REFERENCE_REQUESTS = 5;

  /** How one run differs from running alone. */
  private record Setting(int running, int chunk, int pages, int deathOneIn, int arriveEvery) {
    static final Setting ALONE = new Setting(1, -1, 64, 0, 0);
  }

  private static List<GenerationRequest> requests(TinyModel model, TinyModel.Case on) {
    int count = on.provider().equals("reference") ? REFERENCE_REQUESTS : REQUESTS;
    var random = new Random(11);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = random.ints(1 + random.nextInt(50), 0, model.vocabulary()).toArray();
      var sampling = i % 2 == 0
          ? new SamplingSpec(0, 1, 0, 0, i, 0, rules(i), i % 3 - 1)
          : new SamplingSpec(0.8f, 0.9f, 0.02f, 40, i, 0, rules(i), i % 5 - 1);
      requests.add(new GenerationRequest(
          new RequestId("r" + i),
          prompt,
          new int[0],
          sampling,
          6 + random.nextInt(20),
          stops(model, i)));
    }
    return requests;
  }

  /** So many that a stream ends at once unless they are held back. */
  private static int[] stops(TinyModel model, int i) {
    int most = model.vocabulary() < LogitRules.STOP_TOKENS_MAX
        ? model.vocabulary() - 1
        : LogitRules.STOP_TOKENS_MAX;
    return i % 5 == HELD_BACK ? IntStream.range(0, most).toArray() : new int[0];
  }

  /** Some have none, so that rows with and without rules meet in a batch. */
  private static LogitRules rules(int i) {
    return switch (i % 5) {
      case 1 -> new LogitRules(0.7f, 0.3f, 1, 0, List.of());
      case HELD_BACK ->
        new LogitRules(0, 0, 1.3f, LEAST_TOKENS, List.of(new LogitRules.Bias(i, 2)));
      case 3 -> new LogitRules(-0.5f, 1, 0.8f, 0, List.of());
      default -> LogitRules.NONE;
    };
  }

  private EngineSnapshot last;
  private int deaths;

  /** Runs all requests through one engine; strangers to each other. */
  private Answers run(TinyModel model, List<GenerationRequest> requests, Setting setting) {
    CacheLayout layout = model.layout();
    var crowded = SchedulingSettings.DEFAULT.conservativeness(0);
    var settings =
        new EngineSettings(CONTEXT, setting.running(), setting.chunk(), 64, 10_000, crowded);
    var capacity = new CacheCapacity(setting.pages(), 2 * setting.running());
    var limits =
        ShardLimits.of(setting.running(), settings.stepRowsMax(), CONTEXT, layout.pageTokens());
    var answers = new Answers();
    try (var kv = KvStore.inMemory(layout, capacity);
        var states = StateStore.inMemory(layout, capacity)) {
      kv.pool().fill((byte) 0xFF);
      states.pool().fill((byte) 0xFF);
      try (var executor = new MortalExecutor(
          () -> rank(model, kv, states, layout, limits, answers),
          states,
          new Random(setting.hashCode()),
          setting.deathOneIn())) {
        var loop = new EngineLoop(1, settings, layout, capacity, executor, () -> 0);
        drive(loop, requests, setting, answers);
        last = loop.counters().snapshot();
        deaths = executor.deaths();
      }
    }
    assertEquals(0, last.pagesUsed());
    assertEquals(0, last.slotsUsed());
    return answers;
  }

  private static void drive(
      EngineLoop loop, List<GenerationRequest> requests, Setting setting, Answers answers) {
    int submitted = 0;
    for (int cycle = 0; submitted < requests.size() || !answers.allEnded(); cycle++) {
      assertTrue(cycle < 20_000, "stuck");
      while (submitted < requests.size()
          && (setting.arriveEvery() == 0 || submitted * setting.arriveEvery() <= cycle)) {
        GenerationRequest request = requests.get(submitted++);
        var refusal = loop.inbox().submit(request, answers.sink(request.id().value()));
        assertTrue(refusal.isEmpty(), refusal.toString());
      }
      loop.doWork();
      loop.checkIntegrity();
    }
    loop.doWork();
  }

  private static ShardRuntime rank(
      TinyModel model,
      KvStore kv,
      StateStore states,
      CacheLayout layout,
      ShardLimits limits,
      Answers answers) {
    var rank = new ShardRuntime(model.decoder, model.kernels, kv, states, layout, limits);
    Map<Integer, Long> seedBySeat = new HashMap<>();
    rank.tap((plan, logits, count) -> note(plan, logits, seedBySeat, answers));
    return rank;
  }

  private static void note(
      StepPlan plan, Tensor logits, Map<Integer, Long> seedBySeat, Answers answers) {
    for (int i = 0; i < plan.admitCount(); i++) {
      seedBySeat.put(plan.admittedSeat(i), plan.admittedSampling(i).seed());
    }
    int row = 0;
    for (int run = 0; run < plan.runCount(); run++) {
      if (plan.runDraws(run)) {
        int position = plan.runFirstPosition(run) + plan.tokenEnd(run) - plan.tokenStart(run);
        float[] bits = logits.rows(row++, 1).memory().toArray(ValueLayout.JAVA_FLOAT);
        answers.onLogits(seedBySeat.get(plan.runSeat(run)), position, bits);
      }
    }
  }

  private void assertLaw(
      String what,
      TinyModel model,
      List<GenerationRequest> requests,
      Setting setting,
      Answers alone) {
    Answers answers = run(model, requests, setting);
    for (GenerationRequest request : requests) {
      answers.assertSame(
          what + " " + setting, request.id().value(), request.sampling().seed(), alone);
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void strangersInTheBatchChangeNoBit(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = requests(model, on);
      Answers alone = run(model, requests, Setting.ALONE);
      for (int batch = 2; batch <= REQUESTS; batch += batch < 4 ? 1 : 4) {
        assertLaw("batch", model, requests, new Setting(batch, -1, 128, 0, 1), alone);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void rulesAndScoresReachTheRows(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = requests(model, on);
      Answers answers = run(model, requests, Setting.ALONE);
      for (GenerationRequest request : requests) {
        String id = request.id().value();
        List<Integer> tokens = answers.tokens(id);
        if (request.stopTokens().length > 0) {
          assertTrue(tokens.size() >= LEAST_TOKENS, id + " ended after " + tokens);
          for (int token : tokens.subList(0, LEAST_TOKENS)) {
            assertTrue(token >= request.stopTokens().length, id + " drew " + tokens);
          }
        }
        int top = request.sampling().topScores();
        assertEquals(top < 0 ? 0 : tokens.size(), answers.scores(id).size(), id);
        answers.scores(id).forEach(score -> assertEquals(top, score.topTokens().length, id));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void chunkSizesChangeNoBit(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = requests(model, on);
      Answers alone = run(model, requests, Setting.ALONE);
      for (int chunk : new int[] {1, 2, 3, 5, 7, 15, 16, 17, 31, 64}) {
        assertLaw("chunk", model, requests, new Setting(5, chunk, 128, 0, 2), alone);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void deathsOfRanksChangeNoBitAndRepeatNothingButTheirStep(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = requests(model, on);
      Answers alone = run(model, requests, Setting.ALONE);
      assertLaw("deaths", model, requests, new Setting(6, 9, 128, 0, 1), alone);
      long rowsWithoutDeath = last.rowsPlanned();

      assertLaw("deaths", model, requests, new Setting(6, 9, 128, 5, 1), alone);

      assertTrue(deaths > 3, deaths + " deaths");
      assertEquals(deaths, last.stepsReplayed());
      assertEquals(rowsWithoutDeath, last.rowsPlanned());
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void preemptionChangesNoBit(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = requests(model, on);
      Answers alone = run(model, requests, Setting.ALONE);

      assertLaw("preemption", model, requests, new Setting(8, 20, 7, 0, 1), alone);

      assertTrue(last.preemptions() > 0, "no preemption");
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void tokensGeneratedElsewhereContinueAsIfNothingHappened(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = requests(model, on);
      Answers alone = run(model, requests, Setting.ALONE);
      List<GenerationRequest> resumed = new ArrayList<>();
      for (GenerationRequest request : requests) {
        int[] prefix = alone.tokens(request.id().value()).stream()
            .limit(request.maxNewTokens() / 2)
            .mapToInt(Integer::intValue)
            .toArray();
        resumed.add(new GenerationRequest(
            request.id(),
            request.promptTokens(),
            prefix,
            request.sampling(),
            request.maxNewTokens(),
            request.stopTokens()));
      }

      Answers answers = run(model, resumed, new Setting(4, 8, 128, 0, 1));

      for (GenerationRequest request : resumed) {
        List<Integer> all = alone.tokens(request.id().value());
        assertEquals(
            all.subList(request.generatedPrefix().length, all.size()),
            answers.tokens(request.id().value()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void theNumberOfThreadsChangesNoBit(TinyModel.Case on) throws Exception {
    try (var one = new TinyModel(on, 1);
        var two = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = requests(one, on);
      Answers alone = run(one, requests, Setting.ALONE);

      assertLaw("threads", two, requests, new Setting(6, 16, 128, 0, 1), alone);
    }
  }
}
