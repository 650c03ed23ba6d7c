package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Streamed chunks of chat against what OpenAI publishes about them; further keys are free.
 *
 * <p>One deviation is allowed for: like SGLang, the server says null for the id and the name of a tool
 * call in fragments behind its first, where the published schema leaves them out.
 */
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
    Streamed stream = Streamed.of(served.chat(", \"stream\": true" + fields).body());
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
    for (String part : List.of("\"id\":\"a\",", ".chunk", "\"index\":0,", ":null")) {
      String broken =
          part.equals(":null") ? valid.replace(part, ":\"over\"") : valid.replace(part, "");
      assertFalse(schema.validate(broken, InputFormat.JSON).isEmpty(), broken);
    }
  }
}
