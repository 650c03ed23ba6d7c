package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded model answers here as it did where it was trained: prompts, ids, greedy tokens. */
class UnderstudyGoldenTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path GOLDENS =
      Path.of("understudy/src/test/resources/io/souffleur/understudy");

  private static JsonNode read(String file) throws Exception {
    return JSON.readTree(Readme.root().resolve(GOLDENS).resolve(file).toFile());
  }

  private static int[] ints(JsonNode node) {
    return JSON.convertValue(node, int[].class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "bfloat16"})
  void rendersEncodesAndAnswersAsTrained(String dtype) throws Exception {
    try (RunningNode node = RunningNode.quiet(
        LaunchWords.options("--isolation", "thread", "--dtype", dtype), System.err)) {
      for (JsonNode golden : read("goldens.json").path("cases")) {
        String name = golden.path("name").asText();
        String prompt = node.model()
            .text()
            .chatTemplate()
            .orElseThrow()
            .render(
                JSON.convertValue(golden.path("messages"), List.class),
                golden.path("tools").isNull()
                    ? List.of()
                    : JSON.convertValue(golden.path("tools"), List.class),
                true,
                JSON.convertValue(golden.path("chat_template_kwargs"), Map.class));
        int[] ids = node.model().text().tokenizer().encode(prompt);
        int[] expected = ints(golden.path("output_ids"));

        assertEquals(golden.path("prompt").asText(), prompt, name);
        assertArrayEquals(ints(golden.path("input_ids")), ids, name);
        assertArrayEquals(
            expected,
            Stream.ask(node, ids, expected.length, SamplingSpec.GREEDY).await(),
            name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = "encodings.json")
  void encodesTextAsTrained(String file) throws Exception {
    try (RunningNode node =
        RunningNode.quiet(LaunchWords.options("--isolation", "thread"), System.err)) {
      Tokenizer tokenizer = node.model().text().tokenizer();
      for (JsonNode pair : read(file)) {
        String text = pair.path("text").asText();
        assertArrayEquals(ints(pair.path("ids")), tokenizer.encode(text), text);
      }
    }
  }
}
