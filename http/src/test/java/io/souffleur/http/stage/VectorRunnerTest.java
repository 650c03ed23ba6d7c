package io.souffleur.http.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.http.stage.conformance.VectorRow;
import io.souffleur.http.stage.conformance.VectorRow.Verdict;
import io.souffleur.http.stage.conformance.VectorRunner;
import io.souffleur.testkit.GoldenFolders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorRunnerTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode vectors(String name) throws IOException {
    return JSON.readTree(GoldenFolders.path("parsers").resolve(name).toFile());
  }

  @ParameterizedTest
  @CsvSource({
    "reasoning-qwen3-interns1.json, 7",
    "tool-qwen3_coder.json, 12",
    "tool-interns1.json, 6"
  })
  void recordedVectorsPass(String file, int count) throws IOException {
    List<VectorRow> rows = new VectorRunner(7).run(vectors(file));

    assertEquals(count, rows.size());
    rows.forEach(row -> assertEquals(Verdict.PASSED, row.verdict(), row::toString));
  }

  /** Why one vector is not followed: see {@code VectorExpectation}. */
  @Test
  void oneCorrectResultAloneHasCallsThatItsTextDoesNotHave() throws IOException {
    List<String> mistaken = new ArrayList<>();
    for (String file :
        List.of("reasoning-qwen3-interns1.json", "tool-qwen3_coder.json", "tool-interns1.json")) {
      for (JsonNode vector : vectors(file).path("vectors")) {
        for (JsonNode call : vector.at("/correct/calls")) {
          String name = call.path("name").textValue();
          if (!vector.path("input").textValue().contains(name)
              && !vector.path("tools").toString().contains(name)) {
            mistaken.add(vector.path("id").textValue() + " " + name);
          }
        }
      }
    }

    assertEquals(
        List.of("pub-interns1-two_calls get_weather", "pub-interns1-two_calls search"), mistaken);
  }

  @Test
  void aWrongCorrectResultFails() throws IOException {
    JsonNode file = vectors("tool-interns1.json");
    ObjectNode vector = (ObjectNode) file.path("vectors").get(0);
    vector.putObject("correct").put("normal_text", "").putArray("calls");

    assertEquals(Verdict.FAILED, new VectorRunner(7).run(file).getFirst().verdict());
  }

  @Test
  void aWrongExpectationFails() throws IOException {
    JsonNode file = vectors("tool-qwen3_coder.json");
    ObjectNode vector = (ObjectNode) file.path("vectors").get(0);
    vector.put("input", "Something else.");

    assertEquals(Verdict.FAILED, new VectorRunner(7).run(file).getFirst().verdict());
  }

  @Test
  void anUnknownParserIsSkipped() throws IOException {
    JsonNode file = vectors("tool-qwen3_coder.json");
    ((ObjectNode) file.path("vectors").get(0)).putArray("parsers").add("other");

    assertEquals(Verdict.SKIPPED, new VectorRunner(7).run(file).getFirst().verdict());
  }

  @Test
  void anotherFormatIsRefused() {
    JsonNode file = JSON.createObjectNode().put("format", "wire-vectors/1");

    assertThrows(IllegalArgumentException.class, () -> new VectorRunner(7).run(file));
  }
}
