package io.souffleur.models.qwen3;

import static io.souffleur.testkit.TensorAssertions.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.models.ComputeType;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.LoadFormat;
import io.souffleur.models.ModelLoader;
import io.souffleur.models.ModelSummary;
import io.souffleur.models.Progress;
import io.souffleur.models.SafeTensorsWriter;
import io.souffleur.models.SoloRun;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of the family as they are published: alone or inside a larger model, tied or not. */
class Qwen3FolderTest {
  private static final int[] TOKENS = {5, 17, 300, 0, 399, 42};

  @TempDir
  Path temporary;

  private Path folder;

  @BeforeEach
  void copyAGoodFolder() throws IOException {
    folder = GoldenFolders.copyOf("text-qwen3", temporary.resolve("model"));
  }

  private float[][] logits(LoadFormat format) throws IOException {
    try (var kernels = KernelProviders.choose("reference").open(1);
        var decoder = new ModelLoader(format)
            .load(folder, kernels, ComputeType.AUTO, PanelStore.inMemory(), Progress.NONE);
        var run = new SoloRun(decoder, 1, 16, 16, 16)) {
      return run.append(0, TOKENS);
    }
  }

  private ObjectNode config() throws IOException {
    return (ObjectNode) new JsonMapper().readTree(folder.resolve("config.json").toFile());
  }

  private void writeConfig(ObjectNode config) throws IOException {
    Files.writeString(folder.resolve("config.json"), config.toString());
  }

  /** Rewrites the header of the weight file. */
  private void editHeader(UnaryOperator<String> edit) throws IOException {
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    int headerBytes = bytes[0] & 0xFF | (bytes[1] & 0xFF) << 8 | (bytes[2] & 0xFF) << 16;
    String header = new String(bytes, 8, headerBytes, StandardCharsets.UTF_8).strip();
    byte[] edited = edit.apply(header).getBytes(StandardCharsets.UTF_8);
    byte[] data = Arrays.copyOfRange(bytes, 8 + headerBytes, bytes.length);
    SafeTensorsWriter.write(file, edited.length, edited, data);
  }

  @Test
  void inspectionFindsNoSlotsAndAllSizes() throws IOException {
    ModelSummary summary =
        new ModelLoader(LoadFormat.SAFETENSORS).inspect(folder, ComputeType.FLOAT32);
    assertEquals("qwen3", summary.family());
    assertEquals("interns1", summary.modelType());
    assertEquals(3, summary.layers());
    // 2 · embedding and head, 3 layers, final norm
    long layer = 64 * (128 + 64 + 64 + 128 + 3 * 112) + 2 * 64 + 2 * 32;
    assertEquals(2 * 400 * 64 + 3 * layer + 64, summary.parameters());
    // 3 layers · K and V · 2 heads · 32 columns · 4 B
    assertEquals(1536, summary.cache().kvBytesPerToken());
    assertEquals(0, summary.cache().slotBytes());
    assertEquals(new CacheLayout(16, 16 * 1536, 0), summary.cache().layout(16));
  }

  @Test
  void aPlainCheckpointGivesTheSameBitsAsTheTextPartOfALargerOne() throws IOException {
    float[][] nested = logits(LoadFormat.SAFETENSORS);
    writeConfig((ObjectNode) config().get("text_config"));
    editHeader(header -> header.replace("model.language_model.", "model."));
    assertArrayEquals(nested, logits(LoadFormat.SAFETENSORS));
  }

  @Test
  void aTiedHeadIsTheEmbedding() throws IOException {
    float[][] untied = logits(LoadFormat.SAFETENSORS);
    ObjectNode tied = config();
    tied.put("tie_word_embeddings", true);
    writeConfig(tied);
    float[][] withEmbedding = logits(LoadFormat.SAFETENSORS);
    assertFalse(Arrays.equals(untied[0], withEmbedding[0]));
    // A file without a head, whose config says nothing, means the same.
    tied.remove("tie_word_embeddings");
    ((ObjectNode) tied.get("text_config")).remove("tie_word_embeddings");
    writeConfig(tied);
    editHeader(header -> header.replace("\"lm_head.weight\"", "\"vision.unused.weight\""));
    float[][] silent = logits(LoadFormat.SAFETENSORS);
    for (int row = 0; row < TOKENS.length; row++) {
      assertSameBits("row " + row, withEmbedding[row], silent[row]);
    }
  }

  @Test
  void anUntiedModelWithoutItsHeadIsRefused() throws IOException {
    editHeader(header -> header.replace("\"lm_head.weight\"", "\"vision.unused.weight\""));
    assertRefused("lm_head.weight");
  }

  @Test
  void aQueryProjectionWithGatesIsRefusedByItsShape() throws IOException {
    ObjectNode config = config();
    ((ObjectNode) config.get("text_config")).put("num_attention_heads", 2);
    writeConfig(config);
    assertRefused("self_attn.q_proj.weight");
  }

  private void assertRefused(String part) {
    String message = assertThrows(InvalidModelException.class, () -> logits(LoadFormat.SAFETENSORS))
        .getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void dummyWeightsKeepActivationsTheirSize() throws IOException {
    Files.delete(folder.resolve("model.safetensors"));
    double squares = 0;
    float[][] rows = logits(LoadFormat.DUMMY);
    for (float[] row : rows) {
      for (float logit : row) {
        assertTrue(Float.isFinite(logit));
        squares += logit * logit;
      }
    }
    double deviation = Math.sqrt(squares / (rows.length * rows[0].length));
    assertTrue(deviation > 0.1 && deviation < 10, "deviation " + deviation);
  }
}
