package io.souffleur.models.qwen3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.ModelFolder;
import io.souffleur.models.text.TextConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Qwen3ConfigTest {
  /** What a published config of a small Qwen3 says that the text model reads. */
  private static final String PLAIN = """
      {"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "attention_bias": false,
       "bos_token_id": 151643, "eos_token_id": 151645, "head_dim": 128, "hidden_act": "silu",
       "hidden_size": 1024, "intermediate_size": 3072, "max_position_embeddings": 40960,
       "max_window_layers": 28, "num_attention_heads": 16, "num_hidden_layers": 28,
       "num_key_value_heads": 8, "rms_norm_eps": 1e-06, "rope_scaling": null,
       "rope_theta": 1000000, "sliding_window": null, "tie_word_embeddings": true,
       "use_sliding_window": false, "vocab_size": 151936}
      """;

  @TempDir
  Path folder;

  private ModelFolder open(Consumer<ObjectNode> edit) throws IOException {
    var config = (ObjectNode) new JsonMapper().readTree(PLAIN);
    edit.accept(config);
    Files.writeString(folder.resolve("config.json"), config.toString());
    return ModelFolder.open(folder);
  }

  private TextConfig parse(Consumer<ObjectNode> edit) throws IOException {
    return Qwen3Config.parse(open(edit));
  }

  /** Makes the config the text part of an Intern-S1 model. */
  private static void nest(ObjectNode config) {
    ObjectNode text = config.deepCopy();
    config.removeAll();
    config.put("model_type", "interns1").put("tie_word_embeddings", false).set("text_config", text);
  }

  @Test
  void readsAPlainConfig() throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [151643]}");
    TextConfig config = parse(c -> {});
    assertEquals("qwen3", config.modelType());
    assertEquals(1024, config.hiddenSize());
    assertEquals(3072, config.intermediateSize());
    assertEquals(151936, config.vocabSize());
    assertEquals(40960, config.contextLength());
    assertEquals(28, config.layerCount());
    assertEquals(2048, config.queryColumns());
    assertEquals(1024, config.keyColumns());
    assertEquals(1e6, config.ropeTheta());
    assertEquals(1e-6f, config.eps());
    assertEquals(Optional.of(true), config.tied());
    assertEquals(List.of(151643, 151645), config.eosIds());
  }

  @Test
  void readsTheTextPartOfAnInternS1Model() throws IOException {
    TextConfig config = parse(Qwen3ConfigTest::nest);
    assertEquals("interns1", config.modelType());
    assertEquals(28, config.layerCount());
    assertEquals(Optional.of(false), config.tied(), "the outer config knows the file");
    assertEquals(List.of(151645), config.eosIds());
  }

  @Test
  void silentKeysTakeTheFamilysDefaults() throws IOException {
    TextConfig config = parse(c -> c.remove(List.of(
        "head_dim",
        "num_key_value_heads",
        "rope_theta",
        "rms_norm_eps",
        "max_position_embeddings",
        "tie_word_embeddings")));
    assertEquals(128, config.headDim());
    assertEquals(16, config.kvHeads());
    assertEquals(1e4, config.ropeTheta());
    assertEquals(1e-6f, config.eps());
    assertEquals(32768, config.contextLength());
    assertEquals(Optional.empty(), config.tied());
  }

  @Test
  void newerConfigsNestTheRotation() throws IOException {
    TextConfig config = parse(c -> {
      c.remove("rope_theta");
      c.putObject("rope_parameters").put("rope_theta", 5e5).put("rope_type", "default");
    });
    assertEquals(5e5, config.ropeTheta());
  }

  @Test
  void recognisesItsOwnAndLeavesTheMixtureOfExpertsToOthers() throws IOException {
    var family = new Qwen3Family();
    assertTrue(family.recognises(open(c -> {}).config()));
    assertTrue(family.recognises(open(Qwen3ConfigTest::nest).config()));
    assertFalse(family.recognises(open(c -> c.put("model_type", "qwen3_5")).config()));
    assertFalse(family.recognises(open(c -> c.put("model_type", 3)).config()));
    assertFalse(family.recognises(open(c -> {
          c.put("model_type", "qwen3_moe");
          nest(c);
        })
        .config()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attention_bias      | true               | false",
        "use_sliding_window  | true               | false",
        "hidden_act          | \"gelu\"           | silu",
        "num_experts         | 8                  | experts are not supported",
        "layer_types         | [\"sliding_attention\"] | full_attention",
        "quantization_config | {}                 | F32, BF16 or F16",
        "rope_scaling        | {\"rope_type\": \"yarn\"} | default",
        "head_dim            | 7                  | even",
        "head_dim            | 4096               | from 1 to 1024",
        "num_key_value_heads | 5                  | a divisor of num_attention_heads 16",
        "num_hidden_layers   | 0                  | from 1 to 1024",
        "hidden_size         | -1                 | from 1 to",
        "rope_theta          | 0                  | greater than 0",
        "vocab_size          | 1e9                | from 1 to",
      })
  void refusesWhatItCannotComputeByKeyValueAndRule(String key, String value, String rule)
      throws IOException {
    var json = new JsonMapper().readTree(value);
    String message = assertThrows(InvalidModelException.class, () -> parse(c -> c.set(key, json)))
        .getMessage();
    assertTrue(message.contains(rule), message);
    assertFalse(message.contains("\n"), message);
  }
}
