package io.souffleur.models;

import static io.souffleur.testkit.TensorAssertions.assertClose;
import static io.souffleur.testkit.TensorAssertions.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import io.souffleur.testkit.GoldenFolders;
import io.souffleur.testkit.GoldenTensors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VisionTowerTest {
  private static final Path FOLDER = GoldenFolders.path("vlm");
  private static final double LIMIT = 1e-4;
  private static final int PATCH_SIZE = 14;
  private static final int PATCH_BYTES = 3 * PATCH_SIZE * PATCH_SIZE;
  private static final int FEATURES = 64;
  private static final int HIDDEN = 48;

  private final Arena arena = Arena.ofConfined();
  private final GoldenTensors goldens;
  private final JsonNode facts;

  VisionTowerTest() throws IOException {
    goldens = GoldenTensors.read(FOLDER.resolve("goldens.safetensors"));
    facts = new JsonMapper().readTree(FOLDER.resolve("goldens.json").toFile());
  }

  static Stream<String> providers() {
    return GoldenModel.readyProviders();
  }

  @AfterEach
  void free() {
    arena.close();
  }

  /** A patch image of a golden prompt. */
  private record View(int rows, int columns, MemorySegment levels) {}

  private List<View> views(String prompt) {
    float[] pixels = goldens.floats("vision." + prompt + ".pixel_u8");
    int width = goldens.shape("vision." + prompt + ".pixel_u8")[3];
    List<View> views = new ArrayList<>();
    int first = 0;
    for (JsonNode run : facts.path("prompts").path(prompt).path("placeholder_runs")) {
      int rows = run.path("grid_patches_hw").get(0).asInt();
      int columns = run.path("grid_patches_hw").get(1).asInt();
      MemorySegment levels = arena.allocate((long) rows * columns * PATCH_BYTES, 64);
      for (int patch = 0; patch < rows * columns; patch++) {
        for (int line = 0; line < 3 * PATCH_SIZE; line++) {
          for (int x = 0; x < PATCH_SIZE; x++) {
            int from = line * width + (first + patch) * PATCH_SIZE + x;
            long to = (long) patch * PATCH_BYTES + line * (long) PATCH_SIZE + x;
            levels.set(ValueLayout.JAVA_BYTE, to, (byte) pixels[from]);
          }
        }
      }
      first += rows * columns;
      views.add(new View(rows, columns, levels));
    }
    return views;
  }

  private int patchesPerToken(String prompt) {
    String mode = facts.path("prompts").path(prompt).path("downsample_mode").asText();
    return mode.equals("4x") ? VisionBatch.PATCHES_PER_TOKEN_4X : VisionBatch.PATCHES_PER_TOKEN_16X;
  }

  private float[] encoded(VisionTower tower, int patchesPerToken, List<View> views) {
    var batch = new VisionBatch();
    batch.clear(patchesPerToken);
    views.forEach(view -> batch.addImage(view.rows(), view.columns()));
    Tensor levels = Tensor.allocate(arena, DType.U8, batch.patches(), PATCH_BYTES);
    long at = 0;
    for (View view : views) {
      MemorySegment.copy(view.levels(), 0, levels.memory(), at, view.levels().byteSize());
      at += view.levels().byteSize();
    }
    Tensor features = Tensor.allocate(arena, DType.F32, batch.tokens(), FEATURES);
    batch.tensors(levels, features);
    tower.encode(batch);
    return features.memory().toArray(ValueLayout.JAVA_FLOAT);
  }

  private interface Check {
    void run(VisionTower tower) throws IOException;
  }

  private static void withTower(String provider, int threads, Check check) throws IOException {
    try (Kernels kernels = KernelProviders.choose(provider).open(threads);
        VisionTower tower = new ModelLoader(LoadFormat.SAFETENSORS)
            .loadTower(FOLDER, kernels, ComputeType.FLOAT32, PanelStore.inMemory(), Progress.NONE)
            .orElseThrow()) {
      assertEquals(FEATURES, tower.featureColumns());
      assertEquals(PATCH_BYTES, tower.patchBytes());
      tower.attach(1_024);
      check.run(tower);
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void featuresOfEveryPromptMatch(String provider) throws IOException {
    withTower(provider, 1, tower -> {
      for (String prompt : List.of("one_16x", "one_4x", "three_16x", "video_16x")) {
        if (goldens.has("vision." + prompt + ".pixel_u8")) {
          float[] features = encoded(tower, patchesPerToken(prompt), views(prompt));
          assertClose(prompt, goldens.floats("vision." + prompt + ".merger_out"), features, LIMIT);
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
          if (goldens.has(golden)) {
            float[] values = hidden
                .memory()
                .asSlice(0, (long) rows * HIDDEN * Float.BYTES)
                .toArray(ValueLayout.JAVA_FLOAT);
            assertClose(golden, goldens.floats(golden), values, LIMIT);
            seen.add(name);
          }
        });
        encoded(tower, patchesPerToken(prompt), views(prompt));
        assertEquals(prompt.equals("three_16x") ? 2 : 6, seen.size(), prompt + " " + seen);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("providers")
  void anImagesFeaturesDoNotDependOnItsNeighboursOrOnThreads(String provider) throws IOException {
    List<View> views = views("three_16x");
    var together = new ArrayList<float[]>();
    withTower(provider, 2, tower -> together.add(encoded(tower, 16, views)));
    withTower(provider, 1, tower -> {
      int at = 0;
      for (View view : views) {
        float[] alone = encoded(tower, 16, List.of(view));
        float[] part = new float[alone.length];
        System.arraycopy(together.getFirst(), at, part, 0, part.length);
        assertSameBits("rows from " + at / FEATURES, part, alone);
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
      var refusal = assertThrows(
          IllegalArgumentException.class, () -> encoded(tower, 16, views("three_16x")));
      assertTrue(refusal.getMessage().contains("688 patches; attached for 1 to 64"));
    });
    assertThrows(IllegalArgumentException.class, () -> new VisionBatch().addImage(8, 6));
  }
}
