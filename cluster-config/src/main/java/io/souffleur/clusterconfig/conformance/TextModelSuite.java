package io.souffleur.clusterconfig.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.models.ComputeType;
import io.souffleur.models.Decoder;
import io.souffleur.models.HiddenTap;
import io.souffleur.models.LoadFormat;
import io.souffleur.models.ModelLoader;
import io.souffleur.models.Progress;
import io.souffleur.models.SoloRun;
import io.souffleur.models.weight.PanelStore;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A small model against its goldens: logits of every position in one and in many chunks, hidden
 * states, caches and greedy tokens in float32; top-1 agreement in bfloat16 beside the logits.
 */
final class TextModelSuite implements Suite {
  private static final double LOGIT_LIMIT = 1e-3;
  private static final double HIDDEN_LIMIT = 5e-4;
  private static final double STATE_LIMIT = 5e-4;
  private static final int PAGE_TOKENS = 16;

  private final Path folder;
  private final String title;

  TextModelSuite(Path folder) {
    this.folder = folder;
    this.title = folder.getFileName().toString();
  }

  @Override
  public void run(String backend, Consumer<Row> rows) throws IOException {
    JsonNode prompts = GoldenKinds.json(folder.resolve("goldens.json")).path("prompts");
    int tokensMax = 0;
    for (JsonNode prompt : prompts) {
      tokensMax = Math.max(
          tokensMax, prompt.path("input_ids").size() + prompt.path("greedy_ids").size());
    }
    try (Kernels kernels = KernelProviders.choose(backend).open(Suite.THREADS);
        GoldenFile goldens = new GoldenFile(folder.resolve("goldens.safetensors"))) {
      Map<String, String> agreement = agreement(kernels, goldens, prompts, tokensMax);
      try (Decoder decoder = load(kernels, ComputeType.FLOAT32);
          SoloRun run = new SoloRun(decoder, 1, tokensMax, PAGE_TOKENS, tokensMax)) {
        for (Map.Entry<String, JsonNode> prompt : prompts.properties()) {
          new PromptCases(decoder, run, goldens, prompt.getKey(), prompt.getValue())
              .run(agreement.get(prompt.getKey()), rows);
        }
      }
    }
  }

  private Decoder load(Kernels kernels, ComputeType computeType) throws IOException {
    return new ModelLoader(LoadFormat.SAFETENSORS)
        .load(folder, kernels, computeType, PanelStore.inMemory(), Progress.NONE);
  }

  /** Per prompt, in how many positions a bf16 run ranks the golden's first token first. */
  private Map<String, String> agreement(
      Kernels kernels, GoldenFile goldens, JsonNode prompts, int tokensMax) throws IOException {
    Map<String, String> agreement = new LinkedHashMap<>();
    try (Decoder decoder = load(kernels, ComputeType.BFLOAT16);
        SoloRun run = new SoloRun(decoder, 1, tokensMax, PAGE_TOKENS, tokensMax)) {
      int vocab = decoder.summary().vocabSize();
      for (Map.Entry<String, JsonNode> prompt : prompts.properties()) {
        run.restart(0);
        float[] found = GoldenFile.flat(run.append(0, ids(prompt.getValue().path("input_ids"))));
        int[] first = GoldenFile.firstRanked(found, vocab);
        int[] golden = GoldenFile.firstRanked(goldens.floats(prompt.getKey() + ".logits"), vocab);
        int same = 0;
        for (int i = 0; i < golden.length; i++) {
          same += first[i] == golden[i] ? 1 : 0;
        }
        agreement.put(
            prompt.getKey(), String.format(Locale.ROOT, "%.1f %%", 100.0 * same / golden.length));
      }
    }
    return agreement;
  }

  private static int[] ids(JsonNode list) {
    int[] ids = new int[list.size()];
    Arrays.setAll(ids, i -> list.get(i).asInt());
    return ids;
  }

  /** The cases of one prompt in float32. */
  private final class PromptCases {
    private final Decoder decoder;
    private final SoloRun run;
    private final GoldenFile goldens;
    private final String prompt;
    private final JsonNode facts;
    private final int[] ids;

    PromptCases(Decoder decoder, SoloRun run, GoldenFile goldens, String prompt, JsonNode facts) {
      this.decoder = decoder;
      this.run = run;
      this.goldens = goldens;
      this.prompt = prompt;
      this.facts = facts;
      this.ids = ids(facts.path("input_ids"));
    }

    void run(String bf16, Consumer<Row> rows) throws IOException {
      rows.accept(Row.measured(name("logits"), logitError(new int[0]), LOGIT_LIMIT, bf16));
      if (goldens.has(prompt + ".state_after_prompt.recurrent_state.layer0")
          || goldens.has(prompt + ".state_after_prompt.key_cache.layer0")) {
        rows.accept(Row.measured(name("states"), stateError(), STATE_LIMIT));
      }
      if (goldens.has(prompt + ".hidden.embed")) {
        rows.accept(Row.measured(name("hidden states"), hiddenError(), HIDDEN_LIMIT));
      }
      int[] everyToken = new int[ids.length - 1];
      Arrays.setAll(everyToken, i -> i + 1);
      if (facts.has("two_chunk_cut")) {
        chunked("two chunks", new int[] {facts.path("two_chunk_cut").asInt()}, rows);
      }
      chunked("ragged chunks", ids(facts.path("ragged_cuts")), rows);
      chunked("token by token", everyToken, rows);
      if (!facts.path("greedy_ids").isEmpty()) {
        rows.accept(greedy());
      }
    }

    private String name(String what) {
      return title + " " + prompt + " " + what;
    }

    private void chunked(String what, int[] cuts, Consumer<Row> rows) throws IOException {
      if (cuts.length > 0) {
        rows.accept(Row.measured(name(what), logitError(cuts), LOGIT_LIMIT));
      }
    }

    /** Runs the prompt from the start, cut before the given positions. */
    private double logitError(int[] cuts) throws IOException {
      run.restart(0);
      List<float[]> logits = new ArrayList<>();
      int from = 0;
      for (int i = 0; i <= cuts.length; i++) {
        int to = i < cuts.length ? cuts[i] : ids.length;
        logits.addAll(List.of(run.append(0, Arrays.copyOfRange(ids, from, to))));
        from = to;
      }
      return GoldenFile.largestError(
          goldens.floats(prompt + ".logits"), GoldenFile.flat(logits.toArray(float[][]::new)));
    }

    private double hiddenError() throws IOException {
      Map<String, float[]> seen = new LinkedHashMap<>();
      int layers = decoder.summary().layers();
      decoder.tap((layer, hidden, count) -> seen.put(
          layer == HiddenTap.EMBEDDING ? "embed" : layer == layers ? "final_norm" : "layer" + layer,
          hidden.rows(0, count).memory().toArray(ValueLayout.JAVA_FLOAT)));
      run.restart(0);
      run.append(0, ids);
      decoder.tap(HiddenTap.OFF);
      double largest = 0;
      for (Map.Entry<String, float[]> hidden : seen.entrySet()) {
        largest = Math.max(
            largest,
            GoldenFile.largestError(
                goldens.floats(prompt + ".hidden." + hidden.getKey()), hidden.getValue()));
      }
      return largest;
    }

    /** Compares the caches that the last run of the whole prompt left. */
    private double stateError() throws IOException {
      double largest = 0;
      for (int layer = 0; layer < decoder.summary().layers(); layer++) {
        String prefix = prompt + ".state_after_prompt.";
        String window = prefix + "conv_state.layer" + layer;
        if (goldens.has(window)) {
          largest = Math.max(
              largest, GoldenFile.largestError(withoutOldest(window), run.window(layer, 0)));
          largest = Math.max(
              largest, error(prefix + "recurrent_state.layer" + layer, run.state(layer, 0)));
        } else {
          largest = Math.max(
              largest, error(prefix + "key_cache.layer" + layer, run.keysOrValues(layer, 0, 0)));
          largest = Math.max(
              largest, error(prefix + "value_cache.layer" + layer, run.keysOrValues(layer, 1, 0)));
        }
      }
      return largest;
    }

    private double error(String golden, float[] found) throws IOException {
      return GoldenFile.largestError(goldens.floats(golden), found);
    }

    /** Goldens keep one column per channel that the next token does not need any more. */
    private float[] withoutOldest(String window) throws IOException {
      float[] all = goldens.floats(window);
      int width = goldens.shape(window).intDim(-1);
      float[] newest = new float[all.length / width * (width - 1)];
      for (int channel = 0; channel < all.length / width; channel++) {
        System.arraycopy(all, channel * width + 1, newest, channel * (width - 1), width - 1);
      }
      return newest;
    }

    private Row greedy() {
      run.restart(0);
      float[][] logits = run.append(0, ids);
      int[] expected = ids(facts.path("greedy_ids"));
      int[] found = new int[expected.length];
      int different = 0;
      for (int i = 0; i < expected.length; i++) {
        float[] last = logits[logits.length - 1];
        found[i] = GoldenFile.firstRanked(last, last.length)[0];
        different += found[i] == expected[i] ? 0 : 1;
        logits = run.append(0, found[i]);
      }
      return Row.measured(name("greedy tokens"), different, 0);
    }
  }
}
