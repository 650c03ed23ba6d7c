package io.souffleur.clients;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Runs named cases one after the other and prints a line for each. Not thread-safe. */
final class Cases {
  static final String MODEL = "understudy";
  static final String SUM = "Solve this problem step by step: What is 15% of 240?";
  static final String WEATHER = "What is the weather in Paris?";
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final int ENDLESS_TOKENS = 3_000;

  private static final Duration UNTIL_IDLE = Duration.ofSeconds(10);
  private final String url;
  private final HttpClient http = HttpClient.newHttpClient();
  private int failed;

  /** What a client does, and checks. */
  interface Case {
    void run() throws Exception;
  }

  Cases(String url) {
    this.url = url;
  }

  String url() {
    return url;
  }

  int failed() {
    return failed;
  }

  void run(String client, String name, Case body) {
    try {
      body.run();
      System.out.println("pass  " + client + " " + name);
    } catch (Exception | AssertionError e) {
      failed++;
      System.out.println("FAIL  " + client + " " + name + ": " + e);
    }
  }

  static void check(boolean holds, Object shown) {
    if (!holds) {
      throw new AssertionError(String.valueOf(shown));
    }
  }

  /** Waits until the server has no request, running or waiting. */
  void awaitIdle() throws Exception {
    long deadline = System.nanoTime() + UNTIL_IDLE.toNanos();
    String load = load();
    while (!load.contains("\"num_reqs\":0")) {
      check(System.nanoTime() < deadline, "still busy: " + load);
      Thread.sleep(20);
      load = load();
    }
  }

  private String load() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/get_load")).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body().replace(" ", "");
  }
}
