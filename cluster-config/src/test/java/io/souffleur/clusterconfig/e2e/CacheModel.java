package io.souffleur.clusterconfig.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.understudy.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The embedded model's text side over a smaller body with random weights and a longer context. */
final class CacheModel {
  private static final int CONTEXT_TOKENS = 16_384;

  private CacheModel() {}

  /** @return a checkpoint folder for {@code --load-format dummy} */
  static Path into(Path folder) throws IOException {
    Path embedded = EmbeddedModel.unpack(Files.createDirectories(folder.resolve("embedded")));
    Path small = Files.createDirectories(folder.resolve("small"));
    for (String name : List.of(
        "tokenizer.json",
        "tokenizer_config.json",
        "chat_template.jinja",
        "generation_config.json")) {
      Files.copy(embedded.resolve(name), small.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    ObjectMapper json = new ObjectMapper();
    ObjectNode config =
        (ObjectNode) json.readTree(embedded.resolve("config.json").toFile());
    config.put("max_position_embeddings", CONTEXT_TOKENS);
    config.put("hidden_size", 64);
    config.put("intermediate_size", 128);
    config.put("num_hidden_layers", 4);
    config.put("num_attention_heads", 2);
    config.put("num_key_value_heads", 1);
    config.put("head_dim", 64);
    config.put("linear_num_key_heads", 1);
    config.put("linear_num_value_heads", 1);
    var layers = config.putArray("layer_types");
    List.of("linear_attention", "linear_attention", "linear_attention", "full_attention")
        .forEach(layers::add);
    json.writeValue(small.resolve("config.json").toFile(), config);
    return small;
  }
}
