package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.models.ComputeType;
import io.souffleur.scheduler.CacheSnapshot;
import io.souffleur.scheduler.StateStrategy;
import io.souffleur.shard.LawEngine.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law for the prefix cache, from the engine loop down to the kernels: tokens, scores and logits of a
 * request have the same bits whether its prefix was kept, evicted or never seen, with both strategies for
 * states, under preemption, aborts and the death of ranks.
 */
class PrefixEngineLawTest {
  private static final int SEEDS = Integer.getInteger("law.seeds", 3);

  /** A model on a kernel set, and how its states are kept. */
  record Case(String folder, TinyModel.Case on, StateStrategy strategy) {
    boolean recurrent() {
      return folder.equals(TinyModel.HYBRID);
    }

    /** States every 8 tokens: half a page. */
    Setting cached(int running, int chunk, int pages, int deathOneIn, int slots) {
      return new Setting(running, chunk, pages, deathOneIn, 2).caching(strategy, 8, slots);
    }
  }

  /** The reference twin is slow, and stands for itself in one number format. */
  static Stream<Case> cases() {
    return TinyModel.cases()
        .filter(on -> on.provider().startsWith(KernelProviders.NATIVE)
            || on.computeType() == ComputeType.FLOAT32)
        .flatMap(on -> Stream.of(
            new Case(TinyModel.HYBRID, on, StateStrategy.EXTRA_BUFFER),
            new Case(TinyModel.HYBRID, on, StateStrategy.NO_BUFFER),
            new Case(TinyModel.DENSE, on, StateStrategy.EXTRA_BUFFER)));
  }

  private LawEngine engine;
  private List<GenerationRequest> requests;
  private Answers alone;

  /** Computes everything once without a cache. */
  private void compute(TinyModel model, Case on) {
    compute(model, on, TinyModel.PAGE_TOKENS);
  }

  private void compute(TinyModel model, Case on, int pageTokens) {
    engine = new LawEngine(model, pageTokens);
    requests = new ArrayList<>(LawRequests.relatives(model, on.on()));
    requests.addAll(LawRequests.nextTurns(model, requests, engine.run(requests, Setting.ALONE)));
    alone = engine.run(requests, Setting.ALONE);
    assertEquals(0, alone.hits());
  }

  private CacheSnapshot cache() {
    return engine.last().cache();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hitsChangeNoBit(Case on) throws Exception {
    try (var model = new TinyModel(on.folder(), on.on(), 2)) {
      compute(model, on);
      for (int chunk : new int[] {-1, 7, 16}) {
        engine.assertLaw("hits", requests, on.cached(3, chunk, 200, 0, 200), alone);

        assertTrue(cache().hits() > requests.size() / 3, cache().toString());
        assertTrue(cache().pagesCopied() > 0, cache().toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatWasEvictedIsComputedAgainWithTheSameBits(Case on) throws Exception {
    try (var model = new TinyModel(on.folder(), on.on(), 2)) {
      compute(model, on);
      List<GenerationRequest> twice = new ArrayList<>(requests);
      twice.addAll(LawRequests.copies(requests, "again"));

      engine.assertLaw("eviction", twice, on.cached(2, 11, 14, 0, 4), alone);

      assertTrue(cache().hits() > 0, cache().toString());
      assertTrue(cache().pagesEvicted() > 0, cache().toString());
      assertTrue(cache().checkpointsEvicted() > 0 || !on.recurrent(), cache().toString());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void preemptionInEveryPhaseChangesNoBit(Case on) throws Exception {
    try (var model = new TinyModel(on.folder(), on.on(), 2)) {
      compute(model, on, 4);
      int inPrefill = 0;
      int inDecode = 0;
      for (int seed = 1; seed <= SEEDS; seed++) {
        Setting setting = on.cached(5, 6, 64, 0, 12).refusing(3).seed(seed);
        engine.assertLaw("preemption", requests, setting, alone);
        inPrefill += engine.comebacks().inPrefill();
        inDecode += engine.comebacks().inDecode();
      }

      assertTrue(inPrefill > 0 && inDecode > 0, inPrefill + " and " + inDecode);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void abortsInEveryPhaseLeaveNothingWrongBehind(Case on) throws Exception {
    try (var model = new TinyModel(on.folder(), on.on(), 2)) {
      compute(model, on);
      List<GenerationRequest> mixed = new ArrayList<>();
      List<GenerationRequest> doomed = LawRequests.copies(requests, LawEngine.DOOMED);
      for (int i = 0; i < requests.size(); i++) {
        mixed.add(doomed.get(i));
        mixed.add(requests.get(i));
      }
      long aborted = 0;
      for (int seed = 1; seed <= SEEDS; seed++) {
        engine.assertLaw("aborts", mixed, on.cached(4, 6, 60, 0, 12).seed(seed), alone);
        aborted += engine.last().cancelled();
      }

      assertTrue(aborted > 3, aborted + " aborted");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void deathsOfRanksChangeNoBit(Case on) throws Exception {
    try (var model = new TinyModel(on.folder(), on.on(), 2)) {
      compute(model, on);
      int deaths = 0;
      for (int seed = 1; seed <= SEEDS; seed++) {
        engine.assertLaw("deaths", requests, on.cached(4, 9, 60, 5, 12).seed(seed), alone);
        deaths += engine.deaths();
        assertTrue(cache().hits() > 0, cache().toString());
      }

      assertTrue(deaths > 3, deaths + " deaths");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everythingAtOnceChangesNoBit(Case on) throws Exception {
    try (var model = new TinyModel(on.folder(), on.on(), 2)) {
      compute(model, on);
      List<GenerationRequest> all = new ArrayList<>(requests);
      all.addAll(LawRequests.copies(requests, LawEngine.DOOMED));
      all.addAll(LawRequests.copies(requests, "again"));
      for (int seed = 1; seed <= SEEDS; seed++) {
        Setting setting = on.cached(5, 5 + seed, 16, 9, 5).refusing(9).seed(seed);

        engine.assertLaw("everything", all, setting, alone);
      }
    }
  }
}
