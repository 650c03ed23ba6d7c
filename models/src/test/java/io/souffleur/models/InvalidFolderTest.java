package io.souffleur.models;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.testkit.GoldenFolders;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every spoiled model folder stops loading with one sentence that says what is wrong. */
class InvalidFolderTest {
  @TempDir
  Path temporary;

  private Path folder;

  @BeforeEach
  void copyAGoodFolder() throws IOException {
    folder = GoldenFolders.copyOf("text-tied", temporary.resolve("model"));
  }

  private void editConfig(Consumer<ObjectNode> edit) throws IOException {
    var mapper = new JsonMapper();
    Path file = folder.resolve("config.json");
    var config = (ObjectNode) mapper.readTree(file.toFile());
    edit.accept(config);
    mapper.writeValue(file.toFile(), config);
  }

  /** Loads and answers the message; it must be one line and have all {@code parts}. */
  private void assertRefused(String... parts) {
    String message = assertThrows(InvalidModelException.class, () -> {
          try (var kernels = KernelProviders.choose("reference").open(1)) {
            new ModelLoader(LoadFormat.SAFETENSORS)
                .load(folder, kernels, ComputeType.AUTO, PanelStore.inMemory(), Progress.NONE)
                .close();
          }
        })
        .getMessage();
    assertFalse(message.contains("\n"), message);
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' in: " + message);
    }
  }

  @Test
  void missingFolder() {
    folder = temporary.resolve("nowhere");
    assertRefused(folder.toString(), "does not exist");
  }

  @Test
  void fileInsteadOfAFolder() {
    folder = folder.resolve("config.json");
    assertRefused("config.json is not a folder");
  }

  @Test
  void missingConfig() throws IOException {
    Files.delete(folder.resolve("config.json"));
    assertRefused(folder.toString(), "no config.json");
  }

  @Test
  void configThatIsNotJson() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": ");
    assertRefused("config.json", "not valid JSON");
    Files.writeString(folder.resolve("config.json"), "");
    assertRefused("config.json is not a JSON object");
  }

  @Test
  void foreignModelType() throws IOException {
    editConfig(c -> c.put("model_type", "llama"));
    assertRefused("config.json", "model_type is \"llama\"", "minicpmv4_6, qwen3_5, qwen3_5_text");
    editConfig(c -> c.remove("model_type"));
    assertRefused("model_type is missing");
  }

  @Test
  void foreignTextModel() throws IOException {
    editConfig(c -> c.putObject("text_config").put("model_type", "qwen3_next"));
    assertRefused("text_config: model_type is \"qwen3_next\", must be qwen3_5_text");
  }

  @Test
  void missingWeights() throws IOException {
    Files.delete(folder.resolve("model.safetensors"));
    assertRefused(folder.toString(), "neither model.safetensors nor");
  }

  @Test
  void truncatedWeights() throws IOException {
    try (var file = new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    assertRefused("model.safetensors: tensor ", "truncated");
  }

  @Test
  void wrongShape() throws IOException {
    editConfig(c -> c.put("intermediate_size", 96));
    assertRefused("mlp.gate_proj.weight is [80, 48]", "asks for [96, 48]");
  }

  @Test
  void wrongVocabulary() throws IOException {
    editConfig(c -> c.put("vocab_size", 301));
    assertRefused("embed_tokens.weight is [300, 48]", "asks for [301, 48]");
  }

  @Test
  void missingTensor() throws IOException {
    renameInHeader("model.layers.2.linear_attn.A_log", "model.layers.2.linear_attn.B_log");
    assertRefused("tensor model.layers.2.linear_attn.A_log is missing in", "model.safetensors");
  }

  @Test
  void missingMatrix() throws IOException {
    renameInHeader("model.layers.3.self_attn.k_proj", "model.layers.3.self_attn.j_proj");
    assertRefused("tensor model.layers.3.self_attn.k_proj.weight is missing");
  }

  @Test
  void missingEmbedding() throws IOException {
    renameInHeader("model.embed_tokens.weight", "model.embed_takens.weight");
    assertRefused("no embedding", "model.embed_tokens.weight");
  }

  private void renameInHeader(String from, String to) throws IOException {
    Path file = folder.resolve("model.safetensors");
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(file, text.replace(from, to), StandardCharsets.ISO_8859_1);
  }

  @Test
  void moreLayersInTheFileThanInTheConfig() throws IOException {
    editConfig(c -> {
      c.put("num_hidden_layers", 3);
      c.remove("layer_types");
    });
    assertRefused("model.layers.3.", "num_hidden_layers 3");
  }

  @Test
  void untiedWithoutAHead() throws IOException {
    editConfig(c -> c.put("tie_word_embeddings", false));
    assertRefused("tie_word_embeddings false", "no lm_head.weight");
  }

  @Test
  void badIndex() throws IOException {
    folder = GoldenFolders.copyOf("text-untied", temporary.resolve("sharded"));
    Path second = folder.resolve("model-00002-of-00002.safetensors");
    Files.delete(second);
    assertRefused("model-00002-of-00002.safetensors does not exist");
    Files.copy(folder.resolve("model-00001-of-00002.safetensors"), second);
    assertRefused("model-00002-of-00002.safetensors, which does not have it");
    Files.writeString(folder.resolve("model.safetensors.index.json"), "{}");
    assertRefused("model.safetensors.index.json has no weight_map");
  }

  @Test
  void aGoodFolderLoads() throws IOException {
    try (var kernels = KernelProviders.choose("reference").open(1);
        var decoder = new ModelLoader(LoadFormat.SAFETENSORS)
            .load(folder, kernels, ComputeType.AUTO, PanelStore.inMemory(), Progress.NONE)) {
      assertFalse(decoder.summary().eosIds().isEmpty());
    }
  }
}
