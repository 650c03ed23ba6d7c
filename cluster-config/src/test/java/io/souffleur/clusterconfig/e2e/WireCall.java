package io.souffleur.clusterconfig.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** One request over a socket of its own, whose answer is read as slowly as the test likes. */
final class WireCall implements AutoCloseable {
  static final String CHAT = "/v1/chat/completions";

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String DATA = "data: ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Socket socket = new Socket();
  private final BufferedReader in;

  private WireCall(int port, byte[] request, int receiveBufferBytes) throws IOException {
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout((int) PATIENCE.toMillis());
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    socket.getOutputStream().write(request);
  }

  static WireCall get(int port, String path) throws IOException {
    return raw(
        port,
        ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  static WireCall post(int port, String path, byte[] body) throws IOException {
    return new WireCall(port, request(path, body), 0);
  }

  /** A chat with one user message and further fields, such as {@code , "seed": 1}. */
  static WireCall chat(int port, String fields) throws IOException {
    return slowChat(port, fields, 0);
  }

  /** The same by a client whose socket takes little; 0 leaves that to the kernel. */
  static WireCall slowChat(int port, String fields, int receiveBufferBytes) throws IOException {
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"What is 15% of 240?\"}]" + fields + "}";
    return new WireCall(
        port, request(CHAT, body.getBytes(StandardCharsets.UTF_8)), receiveBufferBytes);
  }

  /** Bytes that need not be a request. */
  static WireCall raw(int port, byte[] bytes) throws IOException {
    return new WireCall(port, bytes, 0);
  }

  private static byte[] request(String path, byte[] body) {
    byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: "
            + body.length + "\r\n\r\n")
        .getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }

  /** The head of the answer, down to its empty line; shorter if the server closed. */
  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    String line = in.readLine();
    while (line != null && !line.isEmpty()) {
      head.append(line).append('\n');
      line = in.readLine();
    }
    return head.toString();
  }

  /** What the next event carries; empty when the stream or the connection is over. */
  String event() throws IOException {
    String line = in.readLine();
    while (line != null && !line.startsWith(DATA)) {
      line = in.readLine();
    }
    return line == null ? "" : line.substring(DATA.length());
  }

  /** All that is left until the server closes. */
  String rest() throws IOException {
    StringBuilder rest = new StringBuilder();
    String line = in.readLine();
    while (line != null) {
      rest.append(line).append('\n');
      line = in.readLine();
    }
    return rest.toString();
  }

  /** How much comes until the server has cut this off; an orderly end is a failure. */
  int bytesUntilBrokenOff() throws IOException {
    int bytes = 0;
    try {
      String line = in.readLine();
      while (line != null) {
        bytes += line.length() + 1;
        if (line.endsWith("[DONE]")) {
          throw new AssertionError("the answer is whole");
        }
        line = in.readLine();
      }
    } catch (SocketException reset) {
      return bytes;
    }
    return bytes;
  }

  /** The joined text of each choice of a chat stream, thought included, which must end well. */
  Map<Integer, String> texts() throws IOException {
    return texts(() -> {});
  }

  /** The same, with something done behind each event. */
  Map<Integer, String> texts(Runnable then) throws IOException {
    Map<Integer, StringBuilder> texts = new TreeMap<>();
    String event = event();
    while (!event.equals("[DONE]")) {
      if (event.isEmpty()) {
        throw new AssertionError("the stream broke off behind " + texts);
      }
      for (JsonNode choice : JSON.readTree(event).path("choices")) {
        StringBuilder text =
            texts.computeIfAbsent(choice.path("index").intValue(), index -> new StringBuilder());
        text.append(choice.at("/delta/reasoning_content").asText(""));
        text.append(choice.at("/delta/content").asText(""));
      }
      then.run();
      event = event();
    }
    Map<Integer, String> joined = new TreeMap<>();
    texts.forEach((index, text) -> joined.put(index, text.toString()));
    return joined;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
