package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.TokenScore;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streamed chunks of chat against the schema that OpenAI publishes, in which further keys are free. */
class PublishedSchemaTest {
  private static final String TOOLS =
      ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"get_weather\", \"parameters\":"
          + " {\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}}}}}]";

  private static Schema schema;
  private static Served served;

  @BeforeAll
  static void start() throws Exception {
    try (InputStream text =
        PublishedSchemaTest.class.getResourceAsStream("/schema/chat-completion-chunk.json")) {
      schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(text, InputFormat.JSON);
    }
    served = new Served();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  private static void everyChunkIsValid(String fields) {
    everyChunkIsValid(served, fields);
  }

  private static void everyChunkIsValid(Served server, String fields) {
    Streamed stream = Streamed.of(server.chat(", \"stream\": true" + fields).body());
    assertFalse(stream.chunks().isEmpty());
    for (JsonNode chunk : stream.chunks()) {
      assertEquals(List.of(), schema.validate(chunk.toString(), InputFormat.JSON), chunk::toString);
    }
  }

  @Test
  void textThoughtAndUsageAreValid() {
    served.engine.promptTail = "<think>\n";
    served.engine.script = submission -> submission.answer("Hm.\n</think>\n\nGrüße 😀", 1);

    everyChunkIsValid("");
    everyChunkIsValid(", \"stream_options\": {\"include_usage\": true}");
    everyChunkIsValid(
        ", \"stream_options\": {\"include_usage\": true, \"continuous_usage_stats\": true}");
  }

  @Test
  void toolCallsAreValidHoweverTheyArrive() {
    served.engine.promptTail = "";
    for (int tokensPerStep : new int[] {1, 7, 1_000}) {
      served.engine.script = submission -> submission.answer(
          "Sure.\n<tool_call>\n<function=get_weather>\n<parameter=city>\nWien\n</parameter>\n"
              + "</function>\n</tool_call>",
          tokensPerStep);

      everyChunkIsValid(TOOLS);
    }
  }

  @Test
  void callsWrittenAsJsonAreValidHoweverTheyArrive() {
    ScriptedEngine engine = new ScriptedEngine(Optional.empty(), Optional.of("qwen25"));
    try (Served qwen = new Served("", engine)) {
      for (int tokensPerStep : new int[] {1, 7, 1_000}) {
        engine.script = submission -> submission.answer(
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Wien\"}}\n"
                + "</tool_call>",
            tokensPerStep);

        everyChunkIsValid(qwen, TOOLS);
      }
    }
  }

  @Test
  void scoresAreValid() {
    served.engine.promptTail = "";
    served.engine.script = submission -> {
      submission.accept();
      submission
          .owner()
          .tell(new GenerationEvent.Tokens(
              submission.request().id(),
              ScriptedEngine.EPOCH,
              new int[] {'a'},
              List.of(new TokenScore('a', -1, new int[] {'b'}, new float[] {-0.5f}))));
      submission.finish(FinishReason.LENGTH, -1, 0);
    };

    everyChunkIsValid(", \"logprobs\": true, \"top_logprobs\": 1");
  }

  @Test
  void severalAnswersAreValid() {
    served.engine.script = submission -> submission.answer("x", 1);

    everyChunkIsValid(", \"n\": 2, \"stream_options\": {\"include_usage\": true}");
  }

  @Test
  void anEmptyAnswerIsValid() {
    served.engine.script = submission -> submission.answer("", 1);

    everyChunkIsValid("");
  }

  @Test
  void theSchemaRefusesWhatIsNoChunk() {
    String valid =
        "{\"id\":\"a\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":null}]}";

    assertEquals(List.of(), schema.validate(valid, InputFormat.JSON));
    for (String part : List.of("\"id\":\"a\",", ".chunk", "\"index\":0,")) {
      assertRefused(valid.replace(part, ""));
    }
    assertRefused(valid.replace(":null", ":\"over\""));
    assertRefused(valid.replace(
        "\"content\":\"x\"",
        "\"tool_calls\":[{\"index\":0,\"id\":null,\"function\":{\"arguments\":\"\"}}]"));
    assertRefused(valid.replace(
        "\"content\":\"x\"",
        "\"tool_calls\":[{\"index\":0,\"function\":{\"name\":null,\"arguments\":\"\"}}]"));
  }

  private static void assertRefused(String chunk) {
    assertFalse(schema.validate(chunk, InputFormat.JSON).isEmpty(), chunk);
  }
}
