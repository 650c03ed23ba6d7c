package io.souffleur.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.kernels.KernelProvider;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.testkit.GoldenFolders;
import io.souffleur.testkit.GoldenTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A golden model opened on one kernel set, with what it must compute. */
final class GoldenModel implements AutoCloseable {
  /** A golden folder and a kernel set. */
  record Case(String folder, String provider) {
    @Override
    public String toString() {
      return folder + " on " + provider;
    }
  }

  final Kernels kernels;
  final Decoder decoder;
  final GoldenTensors tensors;
  final JsonNode facts;

  /** On one thread: a team gives the same bits and is slow where the machine is shared. */
  GoldenModel(Case golden, ComputeType computeType) throws IOException {
    this(golden, computeType, 1);
  }

  GoldenModel(Case golden, ComputeType computeType, int threads) throws IOException {
    Path folder = GoldenFolders.path(golden.folder());
    tensors = GoldenTensors.read(folder.resolve("goldens.safetensors"));
    facts = new JsonMapper().readTree(folder.resolve("goldens.json").toFile());
    kernels = KernelProviders.choose(golden.provider()).open(threads);
    decoder = new ModelLoader(LoadFormat.SAFETENSORS)
        .load(folder, kernels, computeType, PanelStore.inMemory(), Progress.NONE);
  }

  /** Every golden model on every kernel set that this machine can run. */
  static Stream<Case> onReadyProviders() {
    return readyProviders()
        .flatMap(provider ->
            GoldenFolders.TEXT_MODELS.stream().map(folder -> new Case(folder, provider)));
  }

  static Stream<String> readyProviders() {
    return KernelProviders.all().stream()
        .filter(p -> p.missing().isEmpty())
        .map(KernelProvider::name);
  }

  List<String> prompts() {
    return facts
        .path("prompts")
        .propertyStream()
        .map(java.util.Map.Entry::getKey)
        .toList();
  }

  int[] ids(String prompt, String key) {
    JsonNode list = facts.path("prompts").path(prompt).path(key);
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = list.get(i).asInt();
    }
    return ids;
  }

  int cut(String prompt) {
    return facts.path("prompts").path(prompt).path("two_chunk_cut").asInt();
  }

  SoloRun run(int sequences, int pageTokens) {
    return new SoloRun(decoder, sequences, 256, pageTokens, 256);
  }

  /** Rows joined. */
  static float[] flat(float[][] rows) {
    float[] flat = new float[rows.length == 0 ? 0 : rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * rows[i].length, rows[i].length);
    }
    return flat;
  }

  static int argMax(float[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      if (row[i] > row[best]) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void close() {
    decoder.close();
    kernels.close();
  }
}
