package io.souffleur.models;

import static io.souffleur.models.GoldenModel.argMax;
import static io.souffleur.models.GoldenModel.flat;
import static io.souffleur.testkit.TensorAssertions.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The decoder in F32 against what the reference implementation of the family computed. */
class GoldenDecoderTest {
  private static final double LOGIT_LIMIT = 1e-3;
  private static final double HIDDEN_LIMIT = 5e-4;
  private static final double STATE_LIMIT = 5e-4;
  private static final int PAGE_TOKENS = 16;
  private static final String CASES = "io.souffleur.models.GoldenModel#onReadyProviders";

  @ParameterizedTest
  @MethodSource(CASES)
  void logitsOfASinglePrefillMatch(GoldenModel.Case golden) throws Exception {
    try (var model = new GoldenModel(golden, ComputeType.FLOAT32);
        var run = model.run(1, PAGE_TOKENS)) {
      for (String prompt : model.prompts()) {
        run.restart(0);
        float[] logits = flat(run.append(0, model.ids(prompt, "input_ids")));
        assertClose(prompt, model.tensors.floats(prompt + ".logits"), logits, LOGIT_LIMIT);
      }
    }
  }

  @ParameterizedTest
  @MethodSource(CASES)
  void logitsOfChunkedPrefillsMatch(GoldenModel.Case golden) throws Exception {
    try (var model = new GoldenModel(golden, ComputeType.FLOAT32);
        var run = model.run(1, PAGE_TOKENS)) {
      for (String prompt : model.prompts()) {
        int[] ids = model.ids(prompt, "input_ids");
        int[] everyToken = new int[ids.length - 1];
        Arrays.setAll(everyToken, i -> i + 1);
        for (int[] cuts :
            List.of(new int[] {model.cut(prompt)}, model.ids(prompt, "ragged_cuts"), everyToken)) {
          assertClose(
              prompt + " cut at " + Arrays.toString(cuts),
              model.tensors.floats(prompt + ".logits"),
              flat(chunked(run, ids, cuts)),
              LOGIT_LIMIT);
        }
      }
    }
  }

  private static float[][] chunked(SoloRun run, int[] ids, int[] cuts) {
    run.restart(0);
    List<float[]> rows = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : ids.length;
      rows.addAll(List.of(run.append(0, Arrays.copyOfRange(ids, from, to))));
      from = to;
    }
    return rows.toArray(float[][]::new);
  }

  @ParameterizedTest
  @MethodSource(CASES)
  void greedyTokensAreEqual(GoldenModel.Case golden) throws Exception {
    try (var model = new GoldenModel(golden, ComputeType.FLOAT32);
        var run = model.run(1, PAGE_TOKENS)) {
      for (String prompt : model.prompts()) {
        run.restart(0);
        float[][] rows = run.append(0, model.ids(prompt, "input_ids"));
        int[] expected = model.ids(prompt, "greedy_ids");
        int[] greedy = new int[expected.length];
        for (int i = 0; i < greedy.length; i++) {
          greedy[i] = argMax(rows[rows.length - 1]);
          rows = run.append(0, greedy[i]);
        }
        assertArrayEquals(expected, greedy, prompt);
      }
    }
  }

  @ParameterizedTest
  @MethodSource(CASES)
  void hiddenStatesOfEveryLayerMatch(GoldenModel.Case golden) throws Exception {
    try (var model = new GoldenModel(golden, ComputeType.FLOAT32);
        var run = model.run(1, PAGE_TOKENS)) {
      int layers = model.decoder.summary().layers();
      List<String> seen = new ArrayList<>();
      model.decoder.tap((layer, hidden, rows) -> {
        String name = layer == HiddenTap.EMBEDDING
            ? "embed"
            : layer == layers ? "final_norm" : "layer" + layer;
        float[] values =
            hidden.rows(0, rows).memory().toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT);
        assertClose(name, model.tensors.floats("short.hidden." + name), values, HIDDEN_LIMIT);
        seen.add(name);
      });
      run.append(0, model.ids("short", "input_ids"));
      assertEquals(layers + 2, seen.size());
    }
  }

  @ParameterizedTest
  @MethodSource(CASES)
  void cachesAfterAPromptMatch(GoldenModel.Case golden) throws Exception {
    try (var model = new GoldenModel(golden, ComputeType.FLOAT32);
        var run = model.run(1, PAGE_TOKENS)) {
      for (String prompt : model.prompts()) {
        run.restart(0);
        run.append(0, model.ids(prompt, "input_ids"));
        for (int layer = 0; layer < model.decoder.summary().layers(); layer++) {
          checkCache(model, run, prompt + ".state_after_prompt.", layer);
        }
      }
    }
  }

  private static void checkCache(GoldenModel model, SoloRun run, String prefix, int layer) {
    String window = prefix + "conv_state.layer" + layer;
    if (model.tensors.has(window)) {
      int width = model.tensors.shape(window)[2];
      float[] newest = withoutOldest(model.tensors.floats(window), width);
      assertClose(window, newest, run.window(layer, 0), STATE_LIMIT);
      String state = prefix + "recurrent_state.layer" + layer;
      assertClose(state, model.tensors.floats(state), run.state(layer, 0), STATE_LIMIT);
    } else {
      String keys = prefix + "key_cache.layer" + layer;
      String values = prefix + "value_cache.layer" + layer;
      assertClose(keys, model.tensors.floats(keys), run.keysOrValues(layer, 0, 0), STATE_LIMIT);
      assertClose(values, model.tensors.floats(values), run.keysOrValues(layer, 1, 0), STATE_LIMIT);
    }
  }

  /** The goldens keep one column more per channel than the next step needs. */
  private static float[] withoutOldest(float[] windows, int width) {
    float[] newest = new float[windows.length / width * (width - 1)];
    for (int channel = 0; channel < windows.length / width; channel++) {
      System.arraycopy(windows, channel * width + 1, newest, channel * (width - 1), width - 1);
    }
    return newest;
  }
}
