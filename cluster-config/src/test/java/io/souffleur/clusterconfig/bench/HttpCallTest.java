package io.souffleur.clusterconfig.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Answers as bytes on a socket. */
class HttpCallTest {
  private static final int TIMEOUT_MILLIS = 30_000;

  private final CompletableFuture<String> asked = new CompletableFuture<>();

  /** Answers one connection with these bytes, flushed piece by piece, and closes it. */
  private String body(String... pieces) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(server, pieces));
      URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/generate");
      try (HttpCall call =
          HttpCall.post(uri, Map.of("X-Name", "value"), "{}".getBytes(UTF_8), TIMEOUT_MILLIS)) {
        return call.status() + " " + new String(call.body().readAllBytes(), UTF_8);
      }
    }
  }

  private void answer(ServerSocket server, String[] pieces) {
    try (Socket socket = server.accept()) {
      byte[] request = new byte[4_096];
      asked.complete(new String(request, 0, socket.getInputStream().read(request), UTF_8));
      for (String piece : pieces) {
        socket.getOutputStream().write(piece.getBytes(UTF_8));
        socket.getOutputStream().flush();
      }
    } catch (IOException broken) {
      asked.completeExceptionally(broken);
    }
  }

  @Test
  void asksWithOneRequestAndCloses() throws Exception {
    body("HTTP/1.1 200 OK\r\n\r\n");

    String request = asked.get();
    assertTrue(request.startsWith("POST /generate HTTP/1.1\r\nHost: 127.0.0.1:"), request);
    assertTrue(request.contains("\r\nConnection: close\r\n"), request);
    assertTrue(request.contains("\r\nX-Name: value\r\n"), request);
    assertTrue(request.endsWith("\r\nContent-Length: 2\r\nX-Name: value\r\n\r\n{}"), request);
  }

  @Test
  void chunksAreJoined() throws IOException {
    assertEquals(
        "200 one two",
        body(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\no",
            "ne\r",
            "\n4;x=y\r\n two",
            "\r\n0\r\n\r\n"));
  }

  @Test
  void lengthEndsABody() throws IOException {
    assertEquals("404 gone", body("HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\ngone more"));
  }

  @Test
  void bodyWithoutLengthEndsWithItsConnection() throws IOException {
    assertEquals("200 all", body("HTTP/1.0 200 OK\r\n\r\nal", "l"));
  }

  @Test
  void interimAnswersArePassedOver() throws IOException {
    assertEquals(
        "200 x",
        body("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"));
  }

  @Test
  void endsThatComeTooEarlyAreErrors() {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    assertThrows(IOException.class, () -> body(head + "5\r\nab"));
    assertThrows(IOException.class, () -> body(head + "2\r\nab\r\n"));
    assertThrows(IOException.class, () -> body(head + "zz\r\nab\r\n"));
    assertThrows(IOException.class, () -> body("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"));
    assertThrows(IOException.class, () -> body("HTTP/1.1 200 OK\r\nServer"));
    assertThrows(IOException.class, () -> body("SSH-2.0-server\r\n"));
  }
}
