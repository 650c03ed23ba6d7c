package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PriorityFieldTest {
  private static Served served;

  @BeforeAll
  static void start() {
    served = new Served();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  private static OptionalInt asked(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    return served.engine.submissions.getLast().request().priority();
  }

  @Test
  void thePriorityOfEveryKindOfRequestReachesTheEngine() {
    assertEquals(OptionalInt.of(7), asked(served.chat(", \"priority\": 7")));
    assertEquals(
        OptionalInt.of(-2),
        asked(served.post("/v1/completions", "{\"prompt\": \"a\", \"priority\": -2}")));
    assertEquals(
        OptionalInt.of(0), asked(served.post("/generate", "{\"text\": \"a\", \"priority\": 0}")));
  }

  @Test
  void silentRequestsHaveNone() {
    assertEquals(OptionalInt.empty(), asked(served.chat("")));
  }

  @Test
  void refusesAPriorityThatIsNoWholeNumber() {
    HttpResponse<String> response = served.chat(", \"priority\": \"high\"");

    assertEquals(400, response.statusCode());
    assertTrue(response.body().contains("priority"), response.body());
  }
}
