package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CacheNamespaceTest {
  private static Served served;

  @BeforeAll
  static void start() {
    served = new Served();
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  private static String asked(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    return served.engine.submissions.getLast().request().cacheNamespace();
  }

  private static void refused(String message, HttpResponse<String> response) {
    assertEquals(400, response.statusCode());
    assertTrue(response.body().contains(message), response.body());
  }

  @Test
  void saltAndKeyOfEveryKindOfRequestReachTheEngine() {
    String pair = "\"cache_salt\": \"pepper\", \"extra_key\": \"k\"}";

    assertEquals("6:pepperk", asked(served.chat(", " + pair.substring(0, pair.length() - 1))));
    assertEquals("6:pepperk", asked(served.post("/v1/completions", "{\"prompt\": \"a\", " + pair)));
    assertEquals("6:pepperk", asked(served.post("/generate", "{\"text\": \"a\", " + pair)));
  }

  @Test
  void requestsWithoutThemShareWithEverybody() {
    assertEquals("", asked(served.chat("")));
    assertEquals("", asked(served.chat(", \"cache_salt\": null, \"extra_key\": \"\"")));
  }

  @Test
  void aSaltIsNotTheStartOfAKey() {
    String one = asked(served.chat(", \"cache_salt\": \"ab\", \"extra_key\": \"c\""));
    String other = asked(served.chat(", \"cache_salt\": \"a\", \"extra_key\": \"bc\""));
    String third = asked(served.chat(", \"extra_key\": \"abc\""));

    assertNotEquals(one, other);
    assertNotEquals(one, third);
  }

  @Test
  void promptsOfAListMayHaveTheirOwn() {
    asked(served.post("/generate", "{\"text\": [\"a\", \"b\"], \"extra_key\": [\"x\", \"y\"]}"));
    var namespaces = served.engine.submissions.stream()
        .map(submission -> submission.request().cacheNamespace())
        .toList();

    assertTrue(namespaces.contains("0:x") && namespaces.contains("0:y"), namespaces.toString());
    refused(
        "extra_key is a list of 1, but there are 2 prompts",
        served.post("/generate", "{\"text\": [\"a\", \"b\"], \"extra_key\": [\"x\"]}"));
  }

  @Test
  void refusesOtherTypesAndLongTextsByName() {
    String long257 = "\"" + "x".repeat(257) + "\"";
    refused("cache_salt must be a string, got 7", served.chat(", \"cache_salt\": 7"));
    refused("extra_key must be a string, got an array", served.chat(", \"extra_key\": [\"a\"]"));
    refused(
        "cache_salt has 257 characters, allowed are at most 256",
        served.chat(", \"cache_salt\": " + long257));
    refused(
        "extra_key[0] must be a string, got an object",
        served.post("/v1/completions", "{\"prompt\": [\"a\"], \"extra_key\": [{}]}"));
    refused(
        "extra_key has 257 characters, allowed are at most 256",
        served.post("/generate", "{\"text\": \"a\", \"extra_key\": " + long257 + "}"));
  }
}
