package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.testkit.MalformedHeads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MalformedHeadsTest {

  @Test
  void whatIsNoRequestIsTheClientsFaultAndReachesNoEngine() throws Exception {
    List<String> wrong = new ArrayList<>();
    try (Served served = new Served()) {
      for (MalformedHeads.Case each : MalformedHeads.all()) {
        String answer = answer(served, each);
        if (!answer.startsWith("HTTP/1.1 " + each.status() + " ") || !enveloped(answer)) {
          wrong.add(each.name() + " gave " + answer);
        }
      }
      assertTrue(served.engine.submissions.isEmpty());
      assertEquals(200, served.chat("").statusCode());
    }
    assertEquals("", String.join("\n", wrong));
  }

  /** The server may stop reading before all is sent, which is an answer, too. */
  private static String answer(Served served, MalformedHeads.Case each) throws IOException {
    try (RawClient raw = new RawClient(served.port)) {
      try {
        raw.send(each.bytes());
      } catch (IOException cutOff) {
        return raw.readUntil("\"code\":" + each.status() + "}");
      }
      return raw.readUntil("\"code\":" + each.status() + "}");
    }
  }

  private static boolean enveloped(String answer) {
    JsonNode error = Served.json(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    return error.path("object").asText().equals("error")
        && !error.path("message").asText().isEmpty();
  }
}
