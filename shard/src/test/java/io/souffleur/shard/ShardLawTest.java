package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.shard.LawEngine.Setting;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law, from the engine loop down to the kernels: tokens and logits of a request have the same bits
 * alone, in any batch, in any chunks, after preemption, after the death of ranks, on any number of
 * threads.
 */
class ShardLawTest {
  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void strangersInTheBatchChangeNoBit(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = LawRequests.strangers(model, on);
      var engine = new LawEngine(model);
      Answers alone = engine.run(requests, Setting.ALONE);
      for (int batch = 2; batch <= LawRequests.COUNT; batch += batch < 4 ? 1 : 4) {
        engine.assertLaw("batch", requests, new Setting(batch, -1, 128, 0, 1), alone);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void rulesAndScoresReachTheRows(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = LawRequests.strangers(model, on);
      var engine = new LawEngine(model);
      Answers answers = engine.run(requests, Setting.ALONE);
      for (GenerationRequest request : requests) {
        String id = request.id().value();
        List<Integer> tokens = answers.tokens(id);
        if (request.stopTokens().length > 0) {
          assertTrue(tokens.size() >= LawRequests.LEAST_TOKENS, id + " ended after " + tokens);
          for (int token : tokens.subList(0, LawRequests.LEAST_TOKENS)) {
            assertTrue(token >= request.stopTokens().length, id + " drew " + tokens);
          }
        }
        int top = request.sampling().scores().top();
        assertEquals(top < 0 ? 0 : tokens.size(), answers.scores(id).size(), id);
        answers.scores(id).forEach(score -> assertEquals(top, score.topTokens().length, id));
        int places = request.sampling().scores().promptPlaces(request.promptTokens().length);
        assertEquals(places, answers.promptScores(id).size(), id);
        answers.promptScores(id).forEach((position, score) -> {
          assertEquals(request.promptTokens()[position], score.token(), id + " at " + position);
          assertEquals(top, score.topTokens().length, id);
          assertEquals(3, score.idLogs().length, id);
        });
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void chunkSizesChangeNoBit(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = LawRequests.strangers(model, on);
      var engine = new LawEngine(model);
      Answers alone = engine.run(requests, Setting.ALONE);
      for (int chunk : new int[] {1, 2, 3, 5, 7, 15, 16, 17, 31, 64}) {
        engine.assertLaw("chunk", requests, new Setting(5, chunk, 128, 0, 2), alone);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void deathsOfRanksChangeNoBitAndRepeatNothingButTheirStep(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = LawRequests.strangers(model, on);
      var engine = new LawEngine(model);
      Answers alone = engine.run(requests, Setting.ALONE);
      engine.assertLaw("deaths", requests, new Setting(6, 9, 128, 0, 1), alone);
      long rowsWithoutDeath = engine.last().rowsPlanned();

      engine.assertLaw("deaths", requests, new Setting(6, 9, 128, 5, 1), alone);

      assertTrue(engine.deaths() > 3, engine.deaths() + " deaths");
      assertEquals(engine.deaths(), engine.last().stepsReplayed());
      assertEquals(rowsWithoutDeath, engine.last().rowsPlanned());
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void preemptionChangesNoBit(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = LawRequests.strangers(model, on);
      var engine = new LawEngine(model);
      Answers alone = engine.run(requests, Setting.ALONE);

      engine.assertLaw("preemption", requests, new Setting(8, 20, 7, 0, 1), alone);

      assertTrue(engine.last().preemptions() > 0, "no preemption");
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void aModelWithoutStatesKeepsTheLawToo(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(TinyModel.DENSE, on, 2)) {
      List<GenerationRequest> requests = LawRequests.strangers(model, on);
      var engine = new LawEngine(model);
      Answers alone = engine.run(requests, Setting.ALONE);

      engine.assertLaw("batch", requests, new Setting(8, -1, 128, 0, 1), alone);
      engine.assertLaw("chunk", requests, new Setting(5, 3, 128, 0, 2), alone);
      engine.assertLaw("deaths", requests, new Setting(6, 9, 128, 5, 1), alone);
      assertTrue(engine.deaths() > 3, engine.deaths() + " deaths");
      engine.assertLaw("preemption", requests, new Setting(8, 20, 7, 0, 1), alone);
      assertTrue(engine.last().preemptions() > 0, "no preemption");
    }
  }

  @ParameterizedTest
  @MethodSource("io.souffleur.shard.TinyModel#cases")
  void tokensGeneratedElsewhereContinueAsIfNothingHappened(TinyModel.Case on) throws Exception {
    try (var model = new TinyModel(on, 2)) {
      List<GenerationRequest> requests = LawRequests.strangers(model, on);
      var engine = new LawEngine(model);
      Answers alone = engine.run(requests, Setting.ALONE);
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

      Answers answers = engine.run(resumed, new Setting(4, 8, 128, 0, 1));

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
      List<GenerationRequest> requests = LawRequests.strangers(one, on);
      Answers alone = new LawEngine(one).run(requests, Setting.ALONE);

      new LawEngine(two).assertLaw("threads", requests, new Setting(6, 16, 128, 0, 1), alone);
    }
  }
}
