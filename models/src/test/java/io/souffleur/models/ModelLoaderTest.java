package io.souffleur.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.tensor.DType;
import io.souffleur.testkit.GoldenFolders;
import io.souffleur.testkit.TensorAssertions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoaderTest {
  private static final int[] TOKENS = {5, 17, 120, 3, 99};

  @TempDir
  Path temporary;

  private static float[] logits(
      Path folder, LoadFormat format, ComputeType computeType, PanelStore panels)
      throws IOException {
    try (var kernels = KernelProviders.choose("reference").open(1);
        var decoder =
            new ModelLoader(format).load(folder, kernels, computeType, panels, Progress.NONE);
        var run = new SoloRun(decoder, 1, 16, 16, 16)) {
      return GoldenModel.flat(run.append(0, TOKENS));
    }
  }

  @Test
  void inspectionStatesTheSizesOfTheCaches() throws IOException {
    ModelSummary summary = new ModelLoader(LoadFormat.SAFETENSORS)
        .inspect(GoldenFolders.path("text-untied"), ComputeType.AUTO);
    assertEquals(ComputeType.FLOAT32, summary.computeType());
    assertEquals(8, summary.layers());
    assertEquals(320, summary.vocabSize());
    assertEquals(4096, summary.contextLength());
    assertEquals(List.of(319), summary.eosIds());
    // 2 attention layers · K and V · 2 heads · 32 columns · 4 B
    assertEquals(1024, summary.cache().kvBytesPerToken());
    // 6 delta layers · (160 channels · 3 + 4 heads · 16 · 24) · 4 B
    assertEquals(6 * (1920 + 6144), summary.cache().slotBytes());
    assertEquals(new CacheLayout(16, 16 * 1024, 48384), summary.cache().layout(16));
  }

  @Test
  void inspectionStatesWhatBuffersOfAStepWillTake() throws IOException {
    try (var kernels = KernelProviders.choose("reference").open(1);
        var decoder = new ModelLoader(LoadFormat.SAFETENSORS)
            .load(
                GoldenFolders.path("text-untied"),
                kernels,
                ComputeType.AUTO,
                PanelStore.inMemory(),
                Progress.NONE)) {
      StepDemand demand = decoder.summary().step();
      for (int rows : new int[] {1, 7, 300}) {
        // The decoder takes the buffers of its layers, the rank those of logits.
        long taken = decoder.stepBytes(rows, rows) + DType.F32.bytes(320L * rows);
        assertTrue(demand.bytes(rows, rows) >= taken, rows + " rows take " + taken + " B");
        assertTrue(demand.bytes(rows, rows) < 1.1 * taken, rows + " rows take " + taken + " B");
      }
    }
  }

  @Test
  void computeTypeFollowsTheFileUnlessItIsGiven() throws IOException {
    var loader = new ModelLoader(LoadFormat.SAFETENSORS);
    Path bf16 = GoldenFolders.path("text-tied-bf16");
    assertEquals(ComputeType.BFLOAT16, loader.inspect(bf16, ComputeType.AUTO).computeType());
    assertEquals(DType.BF16, loader.inspect(bf16, ComputeType.AUTO).cache().kvDType());
    assertEquals(ComputeType.FLOAT32, loader.inspect(bf16, ComputeType.FLOAT32).computeType());
    assertEquals(ComputeType.BFLOAT16, ComputeType.parse("bfloat16"));
    assertTrue(assertThrows(IllegalArgumentException.class, () -> ComputeType.parse("int3"))
        .getMessage()
        .contains("'int3', must be auto, float32 or bfloat16"));
  }

  @Test
  void aSecondLoadFromAFolderOnlyMapsAndGivesTheSameBits() throws IOException {
    Path folder = GoldenFolders.path("text-tied");
    PanelStore panels = PanelStore.inFolder(temporary.resolve("panels"));
    float[] fresh = logits(folder, LoadFormat.SAFETENSORS, ComputeType.AUTO, panels);
    List<Path> files = listed(temporary.resolve("panels"));
    float[] mapped = logits(folder, LoadFormat.SAFETENSORS, ComputeType.AUTO, panels);
    assertEquals(files, listed(temporary.resolve("panels")));
    TensorAssertions.assertSameBits("logits of a second load", fresh, mapped);
    float[] inMemory =
        logits(folder, LoadFormat.SAFETENSORS, ComputeType.AUTO, PanelStore.inMemory());
    TensorAssertions.assertSameBits("logits without a folder", fresh, inMemory);
  }

  @Test
  void theSameFileTiedAndUntiedKeepsItsPanelsApart() throws IOException {
    Path untied = GoldenFolders.copyOf("text-untied", temporary.resolve("model"));
    PanelStore panels = PanelStore.inFolder(temporary.resolve("panels"));
    float[] before = logits(untied, LoadFormat.SAFETENSORS, ComputeType.AUTO, panels);
    Path config = untied.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true"));
    float[] tied = logits(untied, LoadFormat.SAFETENSORS, ComputeType.AUTO, panels);
    assertTrue(TensorAssertions.largestError(before, tied) > 0.1);
  }

  private static List<Path> listed(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      return all.sorted().toList();
    }
  }

  @Test
  void releasedPrefixesAndForeignTensorsAreAccepted() throws IOException {
    Path folder = GoldenFolders.copyOf("text-tied", temporary.resolve("model"));
    float[] expected =
        logits(folder, LoadFormat.SAFETENSORS, ComputeType.AUTO, PanelStore.inMemory());
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    int headerBytes = bytes[0] & 0xFF | (bytes[1] & 0xFF) << 8 | (bytes[2] & 0xFF) << 16;
    String header = new String(bytes, 8, headerBytes, StandardCharsets.UTF_8)
        .strip()
        .replace("\"model.", "\"model.language_model.");
    String foreign = ",\"mtp.fc.weight\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
        + "\"model.vision_tower.x\":{\"dtype\":\"I8\",\"shape\":[0],\"data_offsets\":[0,0]}}";
    byte[] renamed =
        (header.substring(0, header.length() - 1) + foreign).getBytes(StandardCharsets.UTF_8);
    SafeTensorsWriter.write(
        file,
        renamed.length,
        renamed,
        java.util.Arrays.copyOfRange(bytes, 8 + headerBytes, bytes.length));
    assertArrayEquals(
        expected, logits(folder, LoadFormat.SAFETENSORS, ComputeType.AUTO, PanelStore.inMemory()));
  }

  @Test
  void dummyWeightsNeedOnlyAConfigAndAreTheSameEveryTime() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("dummy"));
    Files.copy(
        GoldenFolders.path("text-tied-bf16").resolve("config.json"), folder.resolve("config.json"));
    PanelStore panels = PanelStore.inFolder(temporary.resolve("panels"));
    float[] first = logits(folder, LoadFormat.DUMMY, ComputeType.AUTO, PanelStore.inMemory());
    float[] kept = logits(folder, LoadFormat.DUMMY, ComputeType.AUTO, panels);
    float[] again = logits(folder, LoadFormat.DUMMY, ComputeType.AUTO, panels);
    TensorAssertions.assertSameBits("dummy logits", first, kept);
    TensorAssertions.assertSameBits("dummy logits", first, again);
    double squares = 0;
    for (float logit : first) {
      assertTrue(Float.isFinite(logit));
      squares += logit * logit;
    }
    double deviation = Math.sqrt(squares / first.length);
    assertTrue(deviation > 0.01 && deviation < 10, "deviation " + deviation);
    assertEquals(
        ComputeType.BFLOAT16,
        new ModelLoader(LoadFormat.DUMMY).inspect(folder, ComputeType.AUTO).computeType());
    assertEquals(LoadFormat.DUMMY, LoadFormat.parse("dummy"));
    assertThrows(IllegalArgumentException.class, () -> LoadFormat.parse("gguf"));
  }

  @Test
  void progressIsToldInBytes() throws IOException {
    PanelStore panels = PanelStore.inFolder(temporary.resolve("panels"));
    List<Long> first = new ArrayList<>();
    Set<Long> totals = new HashSet<>();
    Progress progress = (done, total) -> {
      first.add(done);
      totals.add(total);
    };
    load(panels, progress);
    assertEquals(1, totals.size());
    assertEquals(first.stream().sorted().toList(), first);
    assertEquals(totals.iterator().next(), first.getLast());
    assertTrue(first.size() > 4 && first.getFirst() < first.getLast());
    // Files that were written a moment ago are digested again, but nothing is packed again.
    List<Long> second = new ArrayList<>();
    load(panels, (done, total) -> second.add(total - done));
    assertEquals(0L, second.getLast());
    assertTrue(second.size() <= 2, second.toString());
  }

  private static void load(PanelStore panels, Progress progress) throws IOException {
    try (var kernels = KernelProviders.choose("reference").open(1)) {
      new ModelLoader(LoadFormat.SAFETENSORS)
          .load(GoldenFolders.path("text-tied"), kernels, ComputeType.AUTO, panels, progress)
          .close();
    }
  }

  @Test
  void attachRefusesAForeignLayout() throws IOException {
    try (var kernels = KernelProviders.choose("reference").open(1);
        var decoder = new ModelLoader(LoadFormat.SAFETENSORS)
            .load(
                GoldenFolders.path("text-tied"),
                kernels,
                ComputeType.AUTO,
                PanelStore.inMemory(),
                Progress.NONE)) {
      var memory = new CacheMemory(null, null, new CacheLayout(16, 64, 64));
      assertTrue(assertThrows(IllegalArgumentException.class, () -> decoder.attach(memory, 1, 1))
          .getMessage()
          .contains("the model needs"));
    }
  }
}
