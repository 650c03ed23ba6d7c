package io.souffleur.models;

import static io.souffleur.testkit.TensorAssertions.assertClose;
import static io.souffleur.testkit.TensorAssertions.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.models.GoldenPictures.View;
import io.souffleur.models.weight.PanelStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VisionTowerTest {
  private static final double LIMIT = 1e-4;

  private final Arena arena = Arena.ofConfined();
  private final GoldenPictures goldens;

  VisionTowerTest() throws IOException {
    goldens = new GoldenPictures(arena);
  }

  static Stream<String> providers() {
    return GoldenModel.readyProviders();
  }

  @AfterEach
  void free() {
    arena.close();
  }

  private float[] encoded(VisionTower tower, int patchesPerToken, List<View> views) {
    return GoldenPictures.floats(goldens.encoded(tower, patchesPerToken, views));
  }

  private float[] encoded(VisionTower tower, String prompt) {
    return encoded(tower, goldens.patchesPerToken(prompt), goldens.views(prompt));
  }

  private interface Check {
    void run(VisionTower tower) throws IOException;
  }

  private static void withTower(String provider, int threads, Check check) throws IOException {
    try (Kernels kernels = KernelProviders.choose(provider).open(threads);
        VisionTower tower = new ModelLoader(LoadFormat.SAFETENSORS)
            .loadTower(
                GoldenPictures.FOLDER,
                kernels,
                ComputeType.FLOAT32,
                PanelStore.inMemory(),
                Progress.NONE)
            .orElseThrow()) {
      assertEquals(GoldenPictures.FEATURES, tower.featureColumns());
      assertEquals(GoldenPictures.PATCH_BYTES, tower.patchBytes());
      tower.attach(1_024);
      check.run(tower);
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void featuresOfEveryPromptMatch(String provider) throws IOException {
    withTower(provider, 1, tower -> {
      for (String prompt : List.of("one_16x", "one_4x", "three_16x", "video_16x")) {
        if (goldens.tensors.has("vision." + prompt + ".pixel_u8")) {
          float[] features = encoded(tower, prompt);
          assertClose(
              prompt, goldens.tensors.floats("vision." + prompt + ".merger_out"), features, LIMIT);
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("providers")
  void hiddenStatesOfEveryLayerMatch(String provider) throws IOException {
    withTower(provider, 1, tower -> {
      for (String prompt : List.of("one_16x", "one_4x", "three_16x")) {
        var seen = new TreeSet<String>();
        tower.tap((layer, hidden, rows) -> {
          String name = layer == HiddenTap.EMBEDDING
              ? "embeddings"
              : layer == 4 ? "post_layernorm" : "encoder.layer" + layer;
          String golden = "vision." + prompt + "." + name;
          if (goldens.tensors.has(golden)) {
            float[] values = hidden
                .memory()
                .asSlice(0, (long) rows * GoldenPictures.HIDDEN * Float.BYTES)
                .toArray(ValueLayout.JAVA_FLOAT);
            assertClose(golden, goldens.tensors.floats(golden), values, LIMIT);
            seen.add(name);
          }
        });
        encoded(tower, prompt);
        assertEquals(prompt.equals("three_16x") ? 2 : 6, seen.size(), prompt + " " + seen);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("providers")
  void anImagesFeaturesDoNotDependOnItsNeighboursOrOnThreads(String provider) throws IOException {
    List<View> views = goldens.views("three_16x");
    var together = new ArrayList<float[]>();
    withTower(provider, 2, tower -> together.add(encoded(tower, 16, views)));
    withTower(provider, 1, tower -> {
      int at = 0;
      for (View view : views) {
        float[] alone = encoded(tower, 16, List.of(view));
        float[] part = new float[alone.length];
        System.arraycopy(together.getFirst(), at, part, 0, part.length);
        assertSameBits("rows from " + at / GoldenPictures.FEATURES, part, alone);
        at += part.length;
      }
      assertEquals(together.getFirst().length, at);
    });
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aBatchThatDoesNotFitIsRefused(String provider) throws IOException {
    withTower(provider, 1, tower -> {
      tower.attach(64);
      var refusal = assertThrows(IllegalArgumentException.class, () -> encoded(tower, "three_16x"));
      assertTrue(refusal.getMessage().contains("688 patches; attached for 1 to 64"));
    });
    assertThrows(IllegalArgumentException.class, () -> new VisionBatch().addImage(8, 6));
  }
}
