package io.souffleur.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
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

/** The golden model with a vision tower: its prompts, their pictures, and what must come out. */
final class GoldenPictures {
  static final Path FOLDER = GoldenFolders.path("vlm");
  static final int FEATURES = 64;
  static final int HIDDEN = 48;
  private static final int PATCH_SIZE = 14;
  static final int PATCH_BYTES = 3 * PATCH_SIZE * PATCH_SIZE;

  /** A patch image: where its tokens stand in the prompt, its grid and its levels. */
  record View(int firstToken, int tokens, int rows, int columns, MemorySegment levels) {}

  final GoldenTensors tensors;
  private final JsonNode prompts;
  private final Arena arena;

  GoldenPictures(Arena arena) throws IOException {
    this.arena = arena;
    tensors = GoldenTensors.read(FOLDER.resolve("goldens.safetensors"));
    prompts = new JsonMapper().readTree(FOLDER.resolve("goldens.json").toFile()).path("prompts");
  }

  int[] ids(String prompt, String key) {
    JsonNode list = prompts.path(prompt).path(key);
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = list.get(i).asInt();
    }
    return ids;
  }

  int patchesPerToken(String prompt) {
    return prompts.path(prompt).path("downsample_mode").asText().equals("4x")
        ? VisionBatch.PATCHES_PER_TOKEN_4X
        : VisionBatch.PATCHES_PER_TOKEN_16X;
  }

  List<View> views(String prompt) {
    float[] pixels = tensors.floats("vision." + prompt + ".pixel_u8");
    int width = tensors.shape("vision." + prompt + ".pixel_u8")[3];
    List<View> views = new ArrayList<>();
    int first = 0;
    for (JsonNode run : prompts.path(prompt).path("placeholder_runs")) {
      int rows = run.path("grid_patches_hw").get(0).asInt();
      int columns = run.path("grid_patches_hw").get(1).asInt();
      MemorySegment levels = levels(pixels, width, first, rows * columns);
      first += rows * columns;
      views.add(new View(
          run.path("first_token").asInt(), run.path("tokens").asInt(), rows, columns, levels));
    }
    return views;
  }

  /** The golden's [channel, y, patch · 14 + x] as ours, [patch, channel, y, x]. */
  private MemorySegment levels(float[] pixels, int width, int first, int patches) {
    MemorySegment levels = arena.allocate((long) patches * PATCH_BYTES, Tensor.ALIGNMENT_BYTES);
    for (int patch = 0; patch < patches; patch++) {
      for (int line = 0; line < 3 * PATCH_SIZE; line++) {
        for (int x = 0; x < PATCH_SIZE; x++) {
          int from = line * width + (first + patch) * PATCH_SIZE + x;
          long to = (long) patch * PATCH_BYTES + line * (long) PATCH_SIZE + x;
          levels.set(ValueLayout.JAVA_BYTE, to, (byte) pixels[from]);
        }
      }
    }
    return levels;
  }

  /** Features of the views, F32 [tokens, FEATURES]. */
  Tensor encoded(VisionTower tower, int patchesPerToken, List<View> views) {
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
    return features;
  }

  static float[] floats(Tensor tensor) {
    return tensor.memory().toArray(ValueLayout.JAVA_FLOAT);
  }
}
