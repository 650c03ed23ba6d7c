package io.souffleur.models;

import static io.souffleur.models.GoldenModel.flat;
import static io.souffleur.testkit.TensorAssertions.assertClose;
import static io.souffleur.testkit.TensorAssertions.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.models.GoldenPictures.View;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text with features in the place of embeddings: the published model's logits, wherever it is cut. */
class PictureDecoderTest {
  private static final double LOGIT_LIMIT = 1e-3;
  private static final List<String> PROMPTS = List.of("one_16x", "one_4x", "three_16x");

  private final Arena arena = Arena.ofConfined();
  private final GoldenPictures goldens;

  PictureDecoderTest() throws IOException {
    goldens = new GoldenPictures(arena);
  }

  static Stream<String> providers() {
    return GoldenModel.readyProviders();
  }

  @AfterEach
  void free() {
    arena.close();
  }

  private interface Check {
    void run(VisionTower tower, SoloRun run) throws IOException;
  }

  private static void withModel(String provider, Check check) throws IOException {
    var loader = new ModelLoader(LoadFormat.SAFETENSORS);
    PanelStore panels = PanelStore.inMemory();
    try (Kernels kernels = KernelProviders.choose(provider).open(1);
        Decoder decoder = loader.load(
            GoldenPictures.FOLDER, kernels, ComputeType.FLOAT32, panels, Progress.NONE);
        VisionTower tower = loader
            .loadTower(GoldenPictures.FOLDER, kernels, ComputeType.FLOAT32, panels, Progress.NONE)
            .orElseThrow();
        SoloRun run = new SoloRun(decoder, 1, 256, 16, 256)) {
      tower.attach(1_024);
      check.run(tower, run);
    }
  }

  /** Tokens [from, to) of a prompt with the features that fall between. */
  private static SoloRun.Piece piece(
      int[] ids, List<View> views, Tensor features, int from, int to) {
    List<Forward.Features> inside = new ArrayList<>();
    int firstFeature = 0;
    for (View view : views) {
      int begin = Math.max(from, view.firstToken());
      int end = Math.min(to, view.firstToken() + view.tokens());
      if (begin < end) {
        int skipped = begin - view.firstToken();
        inside.add(
            new Forward.Features(begin - from, features.rows(firstFeature + skipped, end - begin)));
      }
      firstFeature += view.tokens();
    }
    return new SoloRun.Piece(0, Arrays.copyOfRange(ids, from, to), inside);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void logitsAndGreedyTokensMatch(String provider) throws IOException {
    withModel(provider, (tower, run) -> {
      for (String prompt : PROMPTS) {
        int[] ids = goldens.ids(prompt, "input_ids");
        List<View> views = goldens.views(prompt);
        Tensor features = goldens.encoded(tower, goldens.patchesPerToken(prompt), views);
        run.restart(0);
        float[][] rows = run.append(List.of(piece(ids, views, features, 0, ids.length)));
        assertClose(prompt, goldens.tensors.floats(prompt + ".logits"), flat(rows), LOGIT_LIMIT);
        int[] expected = goldens.ids(prompt, "greedy_ids");
        int[] greedy = new int[expected.length];
        for (int i = 0; i < greedy.length; i++) {
          greedy[i] = GoldenModel.argMax(rows[rows.length - 1]);
          rows = run.append(0, greedy[i]);
        }
        assertArrayEquals(expected, greedy, prompt);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aCutAnywhereChangesNoBit(String provider) throws IOException {
    withModel(provider, (tower, run) -> {
      for (String prompt : PROMPTS) {
        int[] ids = goldens.ids(prompt, "input_ids");
        List<View> views = goldens.views(prompt);
        Tensor features = goldens.encoded(tower, goldens.patchesPerToken(prompt), views);
        run.restart(0);
        float[] whole = flat(run.append(List.of(piece(ids, views, features, 0, ids.length))));
        for (int cut = 1; cut < ids.length; cut++) {
          run.restart(0);
          List<float[]> rows = new ArrayList<>();
          rows.addAll(List.of(run.append(List.of(piece(ids, views, features, 0, cut)))));
          rows.addAll(List.of(run.append(List.of(piece(ids, views, features, cut, ids.length)))));
          assertSameBits(prompt + " cut at " + cut, whole, flat(rows.toArray(float[][]::new)));
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("providers")
  void featuresThatDoNotFitTheModelAreRefused(String provider) throws IOException {
    withModel(provider, (tower, run) -> {
      Tensor narrow = Tensor.allocate(arena, DType.F32, 2, GoldenPictures.FEATURES / 2);
      var wrong = List.of(new Forward.Features(0, narrow));
      assertThrows(
          IllegalArgumentException.class,
          () -> run.append(List.of(new SoloRun.Piece(0, new int[] {1, 2, 3}, wrong))));
      assertThrows(
          IllegalArgumentException.class,
          () -> run.append(List.of(new SoloRun.Piece(0, new int[] {1}, wrong))));
    });
  }
}
