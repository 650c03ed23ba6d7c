package io.souffleur.models.qwen35;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

class Qwen35ConfigTest {
  /** The values of the released MiniCPM-V 4.6 config that the text model reads. */
  private static final String RELEASED = """
      {"model_type": "minicpmv4_6", "tie_word_embeddings": true, "eos_token_id": 248044,
       "text_config": {"model_type": "qwen3_5_text", "attention_bias": false,
        "attn_output_gate": true, "full_attention_interval": 4, "head_dim": 256,
        "hidden_act": "silu", "hidden_size": 1024, "intermediate_size": 3584,
        "linear_conv_kernel_dim": 4, "linear_key_head_dim": 128, "linear_num_key_heads": 16,
        "linear_num_value_heads": 16, "linear_value_head_dim": 128, "mlp_only_layers": [],
        "max_position_embeddings": 262144, "num_attention_heads": 8, "num_hidden_layers": 24,
        "num_key_value_heads": 2, "partial_rotary_factor": 0.25, "rms_norm_eps": 1e-06,
        "rope_parameters": {"partial_rotary_factor": 0.25, "rope_theta": 10000000,
         "rope_type": "default"},
        "vocab_size": 248094, "tie_word_embeddings": true, "eos_token_id": null}}
      """;

  @TempDir
  Path folder;

  private TextConfig parse(Consumer<ObjectNode> edit) throws IOException {
    var config = (ObjectNode) new JsonMapper().readTree(RELEASED);
    edit.accept(config);
    Files.writeString(folder.resolve("config.json"), config.toString());
    return Qwen35Config.parse(ModelFolder.open(folder));
  }

  private static ObjectNode text(ObjectNode config) {
    return (ObjectNode) config.get("text_config");
  }

  private static ObjectNode rope(ObjectNode config) {
    return (ObjectNode) text(config).get("rope_parameters");
  }

  private void assertRefused(Consumer<ObjectNode> edit, String... parts) {
    String message =
        assertThrows(InvalidModelException.class, () -> parse(edit)).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' in: " + message);
    }
  }

  @Test
  void readsTheReleasedConfig() throws IOException {
    Files.writeString(
        folder.resolve("generation_config.json"), "{\"eos_token_id\": [248044, 248046]}");
    TextConfig config = parse(c -> {});
    assertEquals("minicpmv4_6", config.modelType());
    assertEquals(1024, config.hiddenSize());
    assertEquals(3584, config.intermediateSize());
    assertEquals(248094, config.vocabSize());
    assertEquals(262144, config.contextLength());
    assertEquals(24, config.layerCount());
    assertEquals(6, config.attentionLayerCount());
    assertTrue(config.attentionLayers().get(3));
    assertEquals(64, config.rotaryDim());
    assertEquals(1e7, config.ropeTheta());
    assertEquals(1e-6f, config.eps());
    assertEquals(6144, config.delta().orElseThrow().channels());
    assertEquals(6144 + 2048 + 32, config.delta().orElseThrow().projectionColumns());
    assertEquals(Optional.of(true), config.tied());
    assertEquals(List.of(248044, 248046), config.eosIds());
  }

  @Test
  void readsATextConfigWithoutNesting() throws IOException {
    var config = (ObjectNode) new JsonMapper().readTree(RELEASED);
    Files.writeString(folder.resolve("config.json"), text(config).toString());
    assertEquals(1024, Qwen35Config.parse(ModelFolder.open(folder)).hiddenSize());
  }

  @Test
  void layerTypesFollowFromTheInterval() throws IOException {
    TextConfig config = parse(c -> text(c).put("full_attention_interval", 6));
    assertEquals(4, config.attentionLayerCount());
    assertTrue(config.attentionLayers().get(5));
    assertEquals(6, parse(c -> text(c).remove("full_attention_interval")).attentionLayerCount());
  }

  @Test
  void layerTypesAreTakenAsListed() throws IOException {
    TextConfig config = parse(c -> text(c)
        .put("num_hidden_layers", 2)
        .putArray("layer_types")
        .add("full_attention")
        .add("linear_attention"));
    assertEquals(List.of(true, false), config.attentionLayers());
  }

  @Test
  void rotaryFactorMayStandInsideOutsideOrNowhere() throws IOException {
    assertEquals(128, parse(c -> rope(c).put("partial_rotary_factor", 0.5)).rotaryDim());
    assertEquals(
        128,
        parse(c -> {
              rope(c).remove("partial_rotary_factor");
              text(c).put("partial_rotary_factor", 0.5);
            })
            .rotaryDim());
    assertEquals(
        64,
        parse(c -> {
              rope(c).remove("partial_rotary_factor");
              text(c).remove("partial_rotary_factor");
            })
            .rotaryDim());
  }

  @Test
  void thetaMayStandOutsideRopeParameters() throws IOException {
    assertEquals(
        5e5,
        parse(c -> {
              text(c).remove("rope_parameters");
              text(c).put("rope_theta", 500_000);
            })
            .ropeTheta());
  }

  @Test
  void tyingIsOpenWhenBothConfigsAreSilent() throws IOException {
    assertEquals(
        Optional.empty(),
        parse(c -> {
              c.remove("tie_word_embeddings");
              text(c).remove("tie_word_embeddings");
            })
            .tied());
    assertEquals(
        Optional.of(false), parse(c -> c.put("tie_word_embeddings", false)).tied());
  }

  @Test
  void refusesWhatIsNotSupportedByName() {
    assertRefused(c -> c.put("mrope_mode", "canvas"), "mrope_mode is \"canvas\"", "absent");
    assertRefused(c -> text(c).put("mrope_mode", "canvas"), "text_config: mrope_mode");
    assertRefused(c -> rope(c).put("mrope_mode", "canvas"), "rope_parameters: mrope_mode");
    assertRefused(c -> text(c).put("attention_bias", true), "attention_bias is true", "false");
    assertRefused(c -> text(c).put("attn_output_gate", false), "attn_output_gate is false");
    assertRefused(c -> text(c).put("hidden_act", "gelu"), "hidden_act is \"gelu\"", "silu");
    assertRefused(c -> rope(c).put("rope_type", "yarn"), "rope_type is \"yarn\"", "default");
    assertRefused(
        c -> text(c).putObject("rope_scaling").put("type", "linear").put("factor", 4),
        "rope_scaling: type is \"linear\"",
        "default");
    assertRefused(c -> text(c).put("num_experts", 8), "num_experts is 8");
    assertRefused(
        c -> c.putObject("quantization_config").put("bits", 4), "quantization_config is {");
  }

  @ParameterizedTest
  @CsvSource({
    "hidden_size, 0", "hidden_size, -4", "hidden_size, 99999999999", "vocab_size, 1.5",
    "num_hidden_layers, 5000", "head_dim, \"x\"", "rms_norm_eps, 0", "num_key_value_heads, 3",
    "linear_num_value_heads, 24", "partial_rotary_factor, 0.001",
        "layer_types, [\"full_attention\"]"
  })
  void refusesImpossibleValuesByName(String key, String value) throws IOException {
    var json = new JsonMapper().readTree(value);
    assertRefused(
        c -> {
          rope(c).remove("partial_rotary_factor");
          text(c).set(key, json);
        },
        key + " is " + value);
  }

  @ParameterizedTest
  @CsvSource({
    "hidden_size",
    "intermediate_size",
    "vocab_size",
    "num_hidden_layers",
    "num_attention_heads",
    "head_dim",
    "linear_num_key_heads",
    "linear_num_value_heads",
    "linear_key_head_dim",
    "linear_value_head_dim"
  })
  void refusesMissingExtentsByName(String key) {
    assertRefused(c -> text(c).remove(key), "config.json, text_config: " + key + " is missing");
  }

  @Test
  void refusesAMissingTheta() {
    assertRefused(c -> rope(c).remove("rope_theta"), "rope_theta is missing");
  }
}
