package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.Test;

/**
 * The actor of a request is killed in the middle of its answer: only that answer ends, by an error or, once
 * it has begun, by a connection that breaks, and never as if it were whole.
 */
class KilledSessionTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static HttpRequest request(RunningNode node, int tokens, boolean stream) {
    return HttpRequest.newBuilder(URI.create(
            "http://127.0.0.1:" + node.address().orElseThrow().getPort() + "/v1/chat/completions"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"stream\":" + stream
            + ",\"ignore_eos\":true,\"temperature\":0,\"max_tokens\":" + tokens
            + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}"))
        .build();
  }

  private static void killSessions(RunningNode node) {
    Adapter.toClassic(node.system())
        .actorSelection("/user/ingress/session-*")
        .tell(Kill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
  }

  private static String whole(RunningNode node) throws Exception {
    return CLIENT
        .send(request(node, 20, false), HttpResponse.BodyHandlers.ofString())
        .body()
        .replaceFirst("\"id\":\"[^\"]*\"", "")
        .replaceFirst("\"created\":\\d+", "");
  }

  @Test
  void itsAnswerEndsUnfinishedAndItsMemoryComesBack() throws Exception {
    try (RunningNode node = RunningNode.serve(
        LaunchWords.options("--port", "0", "--max-total-tokens", "8192"), System.err)) {
      String before = whole(node);
      var streamed =
          CLIENT.send(request(node, 3_000, true), HttpResponse.BodyHandlers.ofInputStream());
      var lines =
          new BufferedReader(new InputStreamReader(streamed.body(), StandardCharsets.UTF_8));
      for (int i = 0; i < 20; i++) {
        assertTrue(lines.readLine() != null);
      }
      CompletableFuture<HttpResponse<String>> unfinished =
          CLIENT.sendAsync(request(node, 3_000, false), HttpResponse.BodyHandlers.ofString());
      KillableEngine.until(() -> node.client().status().running() == 2);

      killSessions(node);

      List<String> rest = new ArrayList<>();
      assertThrows(UncheckedIOException.class, () -> lines.lines().forEach(rest::add));
      assertFalse(rest.contains("data: [DONE]"), "an unfinished answer looks finished");
      assertEquals(500, unfinished.join().statusCode());
      KillableEngine.until(() -> node.client().status().counter("requests-cancelled") == 2);
      KillableEngine.until(() -> node.client().status().counter("pages-used")
              + node.client().status().counter("slots-used")
          == 0);
      assertEquals(before, whole(node));
      assertEquals(1, node.client().status().epoch());
      assertEquals(0, node.client().status().counter("rank-deaths"));
    }
  }
}
