package io.souffleur.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.contracts.request.Picture;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** Prompts of the golden model with a vision tower, as requests name them, and what must come out. */
public final class GoldenPicturePrompts {
  public static final String FOLDER = "vlm";
  public static final int FEATURE_COLUMNS = 64;

  private static final int PATCH_SIDE = 14;
  private static final int LINES = 3 * PATCH_SIDE;
  public static final int PATCH_BYTES = LINES * PATCH_SIDE;

  private final GoldenTensors tensors;
  private final JsonNode prompts;

  private GoldenPicturePrompts(GoldenTensors tensors, JsonNode prompts) {
    this.tensors = tensors;
    this.prompts = prompts;
  }

  public static GoldenPicturePrompts read() throws IOException {
    Path folder = GoldenFolders.path(FOLDER);
    return new GoldenPicturePrompts(
        GoldenTensors.read(folder.resolve("goldens.safetensors")),
        new JsonMapper().readTree(folder.resolve("goldens.json").toFile()).path("prompts"));
  }

  /** One picture in three patch images, three in eleven, and one of four times as many tokens. */
  public static List<String> names() {
    return List.of("one_16x", "three_16x", "one_4x");
  }

  public int[] tokens(String prompt) {
    return ids(prompt, "input_ids");
  }

  /** What greedy decoding gives. */
  public int[] answer(String prompt) {
    return ids(prompt, "greedy_ids");
  }

  private int[] ids(String prompt, String key) {
    JsonNode list = prompts.path(prompt).path(key);
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = list.get(i).asInt();
    }
    return ids;
  }

  /** The prompt's pictures, their hashes those of their levels and grids. */
  public List<Picture> pictures(String prompt) {
    JsonNode images = prompts.path(prompt).path("placeholder_runs");
    int perToken = prompts.path(prompt).path("downsample_mode").asText().equals("4x") ? 4 : 16;
    List<Picture> pictures = new ArrayList<>();
    int patches = 0;
    for (int i = 0; i < images.size(); ) {
      int end = i + 1;
      while (end < images.size() && images.get(end).path("kind").asText().equals("slice")) {
        end++;
      }
      Picture picture = picture(prompt, images, i, end, patches, perToken);
      pictures.add(picture);
      patches += picture.patches();
      i = end;
    }
    return pictures;
  }

  private Picture picture(
      String prompt, JsonNode images, int from, int to, int firstPatch, int perToken) {
    int[] grids = new int[2 * (to - from)];
    int[] positions = new int[to - from];
    int patches = 0;
    for (int i = from; i < to; i++) {
      JsonNode grid = images.get(i).path("grid_patches_hw");
      grids[2 * (i - from)] = grid.get(0).asInt();
      grids[2 * (i - from) + 1] = grid.get(1).asInt();
      positions[i - from] = images.get(i).path("first_token").asInt();
      patches += grid.get(0).asInt() * grid.get(1).asInt();
    }
    byte[] levels = levels(prompt, firstPatch, patches);
    return new Picture(hash(levels, grids, perToken), perToken, grids, positions, levels);
  }

  /** The golden's [channel, y, patch · 14 + x] as ours, [patch, channel, y, x]. */
  private byte[] levels(String prompt, int firstPatch, int patches) {
    String name = "vision." + prompt + ".pixel_u8";
    float[] pixels = tensors.floats(name);
    int width = tensors.shape(name)[3];
    byte[] levels = new byte[patches * PATCH_BYTES];
    int at = 0;
    for (int patch = firstPatch; patch < firstPatch + patches; patch++) {
      for (int line = 0; line < LINES; line++) {
        for (int x = 0; x < PATCH_SIDE; x++) {
          levels[at++] = (byte) pixels[line * width + patch * PATCH_SIDE + x];
        }
      }
    }
    return levels;
  }

  private static byte[] hash(byte[] levels, int[] grids, int perToken) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (int side : grids) {
        sha.update((byte) side);
      }
      sha.update((byte) perToken);
      return sha.digest(levels);
    } catch (NoSuchAlgorithmException failure) {
      throw new IllegalStateException("every JDK has SHA-256", failure);
    }
  }
}
