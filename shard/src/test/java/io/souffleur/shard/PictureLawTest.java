package io.souffleur.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.Picture;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.models.ComputeType;
import io.souffleur.models.LoadFormat;
import io.souffleur.models.ModelLoader;
import io.souffleur.models.Progress;
import io.souffleur.models.VisionTower;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.scheduler.CacheSettings;
import io.souffleur.scheduler.StateStrategy;
import io.souffleur.shard.PictureEngine.Setting;
import io.souffleur.testkit.GoldenFolders;
import io.souffleur.testkit.GoldenPicturePrompts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures under the law: wherever a prompt is cut, whatever was cached, evicted, or killed. */
class PictureLawTest {
  /** Rows of the largest picture, the least that a store can do with. */
  private static final int TIGHT_ROWS = 48;

  /** The largest patch image. */
  private static final int TIGHT_PATCHES = 64;

  private static final int ROOMY = 1_024;
  private static final CacheSettings TRACKED =
      new CacheSettings(true, StateStrategy.EXTRA_BUFFER, 16);
  private static final Setting ALONE = new Setting(-1, ROOMY, ROOMY, 0, CacheSettings.OFF);

  private final GoldenPicturePrompts goldens;

  PictureLawTest() throws IOException {
    goldens = GoldenPicturePrompts.read();
  }

  static Stream<TinyModel.Case> cases() {
    return TinyModel.cases();
  }

  static Stream<TinyModel.Case> exactCases() {
    return TinyModel.cases().filter(on -> on.computeType() == ComputeType.FLOAT32);
  }

  private interface Check {
    void run(TinyModel model, VisionTower tower) throws IOException;
  }

  private static void withModel(TinyModel.Case on, Check check) throws IOException {
    try (TinyModel model = new TinyModel(GoldenPicturePrompts.FOLDER, on, 1);
        VisionTower tower = new ModelLoader(LoadFormat.SAFETENSORS)
            .loadTower(
                GoldenFolders.path(GoldenPicturePrompts.FOLDER),
                model.kernels,
                on.computeType(),
                PanelStore.inMemory(),
                Progress.NONE)
            .orElseThrow()) {
      check.run(model, tower);
    }
  }

  private GenerationRequest request(String prompt, String id, long seed, int answer) {
    return request(goldens.tokens(prompt), goldens.pictures(prompt), id, seed, answer);
  }

  private static GenerationRequest request(
      int[] tokens, List<Picture> pictures, String id, long seed, int answer) {
    return new GenerationRequest(
        new RequestId(id),
        tokens,
        new int[0],
        new SamplingSpec(0, 1, 0, 0, seed, 0),
        answer,
        new int[0],
        OptionalInt.empty(),
        "",
        new int[0],
        pictures);
  }

  private List<GenerationRequest> everyPrompt(int answer) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (String prompt : GoldenPicturePrompts.names()) {
      requests.add(request(prompt, prompt, requests.size(), answer));
    }
    return requests;
  }

  private static Answers alone(TinyModel model, VisionTower tower, List<GenerationRequest> requests)
      throws IOException {
    try (var engine = new PictureEngine(model, tower, ALONE)) {
      return engine.run(requests, 1_000);
    }
  }

  private static void assertLaw(
      String what, List<GenerationRequest> requests, Answers actual, Answers alone) {
    for (GenerationRequest request : requests) {
      actual.assertSame(what, request.id().value(), request.sampling().seed(), alone);
    }
  }

  private static boolean slow(TinyModel.Case on) {
    return on.provider().equals("reference");
  }

  @ParameterizedTest
  @MethodSource("exactCases")
  void theEngineAnswersAsThePublishedModel(TinyModel.Case on) throws IOException {
    withModel(on, (model, tower) -> {
      Answers answers = alone(model, tower, everyPrompt(slow(on) ? 4 : 32));
      for (String prompt : GoldenPicturePrompts.names()) {
        List<Integer> expected = Arrays.stream(goldens.answer(prompt)).boxed().toList();
        assertEquals(
            expected.subList(0, answers.tokens(prompt).size()), answers.tokens(prompt), prompt);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyChunkSizeGivesTheSameBits(TinyModel.Case on) throws IOException {
    withModel(on, (model, tower) -> {
      List<GenerationRequest> requests = everyPrompt(2);
      Answers alone = alone(model, tower, requests);
      int[] chunks = slow(on) ? new int[] {5} : new int[] {1, 2, 3, 4, 5, 6, 7, 11, 16, 31, 64};
      for (int chunk : chunks) {
        for (Setting setting : List.of(
            new Setting(chunk, ROOMY, ROOMY, 0, CacheSettings.OFF),
            new Setting(chunk, TIGHT_ROWS, TIGHT_PATCHES, 0, CacheSettings.OFF))) {
          try (var engine = new PictureEngine(model, tower, setting)) {
            assertLaw(setting.toString(), requests, engine.run(requests, 0), alone);
          }
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void killedRanksChangeNoBit(TinyModel.Case on) throws IOException {
    withModel(on, (model, tower) -> {
      List<GenerationRequest> requests = everyPrompt(4);
      Answers alone = alone(model, tower, requests);
      int died = 0;
      for (int chunk : slow(on) ? new int[] {16} : new int[] {1, 5, 16, -1}) {
        Setting setting = new Setting(chunk, TIGHT_ROWS, 2 * TIGHT_PATCHES, 3, TRACKED);
        try (var engine = new PictureEngine(model, tower, setting)) {
          assertLaw(setting.toString(), requests, engine.run(requests, 2), alone);
          died += engine.deaths();
        }
      }
      assertTrue(died > 3, died + " deaths");
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aPictureThatComesAgainCostsNothingAndAnotherIsNotTakenForIt(TinyModel.Case on)
      throws IOException {
    withModel(on, (model, tower) -> {
      int[] tokens = goldens.tokens("one_16x");
      List<Picture> pictures = goldens.pictures("one_16x");
      Picture known = pictures.getFirst();
      byte[] levels = known.levels().clone();
      for (int i = 0; i < levels.length; i++) {
        levels[i] ^= (byte) 0x55;
      }
      byte[] hash = known.hash().clone();
      hash[31] ^= 1;
      var other =
          new Picture(hash, known.patchesPerToken(), known.grids(), known.positions(), levels);
      List<GenerationRequest> requests = List.of(
          request(tokens, pictures, "first", 1, 3),
          request(tokens, List.of(other), "other", 2, 3),
          request(tokens, pictures, "again", 3, 3));
      Answers alone = alone(model, tower, requests);
      assertNotEquals(alone.tokens("first"), alone.tokens("other"));

      try (var engine =
          new PictureEngine(model, tower, new Setting(-1, ROOMY, ROOMY, 0, TRACKED))) {
        Answers answers = engine.run(requests, 1_000);

        assertLaw("warm", requests, answers, alone);
        assertEquals(2 * known.images(), engine.imagesEncoded());
        assertTrue(answers.cachedTokens("again") > known.positions()[0]);
        assertTrue(answers.cachedTokens("other") <= known.positions()[0]);
      }
    });
  }
}
