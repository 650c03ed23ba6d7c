package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.scheduler.CacheSettings;
import io.souffleur.scheduler.EngineLoop;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.scheduler.EngineSnapshot;
import io.souffleur.scheduler.SchedulingSettings;
import io.souffleur.scheduler.StateStrategy;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * An engine loop over a rank in this thread, which may die. Shelves start full of NaN, so that whatever
 * is read without having been written shows.
 */
final class LawEngine {
  private static final int CONTEXT = 96;

  /**
   * How one run differs from running alone.
   *
   * @param running most sequences that are computed together
   * @param chunk as the engine's settings have it
   * @param deathOneIn one step in so many is fatal for the rank, 0 none
   * @param arriveEvery cycles of the loop between requests, 0: all come at once
   * @param cache what is kept of sequences for others
   * @param spareSlots state slots beside those of running sequences
   * @param refusedOneIn one reservation in so many is refused as if the pools were empty, 0 none
   * @param seed of deaths, refusals and aborts
   */
  record Setting(
      int running,
      int chunk,
      int pages,
      int deathOneIn,
      int arriveEvery,
      CacheSettings cache,
      int spareSlots,
      int refusedOneIn,
      int seed) {
    static final Setting ALONE = new Setting(1, -1, 256, 0, 0);

    Setting(int running, int chunk, int pages, int deathOneIn, int arriveEvery) {
      this(running, chunk, pages, deathOneIn, arriveEvery, CacheSettings.OFF, 0, 0, 1);
    }

    /** With a prefix cache that keeps a state every {@code interval} tokens. */
    Setting caching(StateStrategy strategy, int interval, int slots) {
      var on = new CacheSettings(true, strategy, interval);
      return new Setting(
          running, chunk, pages, deathOneIn, arriveEvery, on, slots, refusedOneIn, seed);
    }

    Setting refusing(int oneIn) {
      return new Setting(
          running, chunk, pages, deathOneIn, arriveEvery, cache, spareSlots, oneIn, seed);
    }

    Setting seed(int other) {
      return new Setting(
          running, chunk, pages, deathOneIn, arriveEvery, cache, spareSlots, refusedOneIn, other);
    }

    private EngineSettings engine() {
      var crowded = SchedulingSettings.DEFAULT.conservativeness(0);
      return new EngineSettings(CONTEXT, running, chunk, 128, 10_000, crowded, cache);
    }

    private CacheBook book(CacheLayout layout, CacheCapacity capacity) {
      var random = new Random(seed);
      return new CacheBook(
          layout,
          capacity,
          cache.rules(),
          () -> refusedOneIn > 0 && random.nextInt(refusedOneIn) == 0);
    }
  }

  /** Requests whose id ends so are aborted at some time. */
  static final String DOOMED = "-doomed";

  private static final int DOOM_ONE_IN = 12;

  private final TinyModel model;
  private final int pageTokens;
  private EngineSnapshot last;
  private Comebacks comebacks = new Comebacks();
  private int deaths;

  LawEngine(TinyModel model) {
    this(model, TinyModel.PAGE_TOKENS);
  }

  LawEngine(TinyModel model, int pageTokens) {
    this.model = model;
    this.pageTokens = pageTokens;
  }

  /** Sequences that lost their seat and came back, in a run without deaths. */
  Comebacks comebacks() {
    return comebacks;
  }

  /** Counters at the end of the last run. */
  EngineSnapshot last() {
    return last;
  }

  /** Ranks that died in the last run. */
  int deaths() {
    return deaths;
  }

  /** Runs all requests to their ends on empty caches. */
  Answers run(List<GenerationRequest> requests, Setting setting) {
    CacheLayout layout = model.decoder.cacheLayout(pageTokens);
    comebacks = new Comebacks();
    var settings = setting.engine();
    int slots = setting.cache().strategy().slotsPerSequence() * setting.running();
    var capacity = new CacheCapacity(setting.pages(), slots + setting.spareSlots());
    var limits =
        ShardLimits.of(setting.running(), settings.stepRowsMax(), CONTEXT, layout.pageTokens());
    var answers = new Answers();
    try (var kv = KvStore.inMemory(layout, capacity);
        var states = StateStore.inMemory(layout, capacity)) {
      kv.pool().fill((byte) 0xFF);
      states.pool().fill((byte) 0xFF);
      try (var executor = new MortalExecutor(
          () -> rank(kv, states, layout, limits, answers),
          kv,
          states,
          new Random(setting.seed()),
          setting.deathOneIn())) {
        var loop = new EngineLoop(1, settings, setting.book(layout, capacity), executor, () -> 0);
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
    var doom = new Random(setting.seed());
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
      for (GenerationRequest request : requests.subList(0, submitted)) {
        if (request.id().value().endsWith(DOOMED) && doom.nextInt(DOOM_ONE_IN) == 0) {
          loop.inbox().abort(request.id());
        }
      }
    }
    loop.doWork();
  }

  private ShardRuntime rank(
      KvStore kv, StateStore states, CacheLayout layout, ShardLimits limits, Answers answers) {
    var rank = new ShardRuntime(model.decoder, model.kernels, kv, states, layout, limits);
    Map<Integer, Long> seedBySeat = new HashMap<>();
    rank.tap((plan, logits, count) -> note(plan, logits, seedBySeat, answers));
    return rank;
  }

  private void note(StepPlan plan, Tensor logits, Map<Integer, Long> seedBySeat, Answers answers) {
    for (int i = 0; i < plan.admitCount(); i++) {
      seedBySeat.put(plan.admittedSeat(i), plan.admittedSampling(i).seed());
    }
    comebacks.note(plan);
    int row = 0;
    for (int run = 0; run < plan.runCount(); run++) {
      if (plan.runDraws(run)) {
        int position = plan.runFirstPosition(run) + plan.tokenEnd(run) - plan.tokenStart(run);
        float[] bits = logits.rows(row++, 1).memory().toArray(ValueLayout.JAVA_FLOAT);
        answers.onLogits(seedBySeat.get(plan.runSeat(run)), position, bits);
      }
    }
  }

  /** Every request got what it got in {@code alone}. */
  void assertLaw(String what, List<GenerationRequest> requests, Setting setting, Answers alone) {
    Answers answers = run(requests, setting);
    for (GenerationRequest request : requests) {
      String id = request.id().value();
      if (id.endsWith(DOOMED)) {
        answers.assertBegins(what + " " + setting, id, LawRequests.first(id), alone);
      } else {
        answers.assertSame(
            what + " " + setting, id, LawRequests.first(id), request.sampling().seed(), alone);
      }
    }
  }
}
