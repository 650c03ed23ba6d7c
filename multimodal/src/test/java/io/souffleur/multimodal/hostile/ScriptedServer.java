package io.souffleur.multimodal.hostile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ServerSocketFactory;

/** An HTTP server that answers each path with a script, and notes what it was asked. */
public final class ScriptedServer implements AutoCloseable {
  /** Writes an answer, however wrong. */
  public interface Script {
    void answer(OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<List<String>> requests = new ArrayList<>();

  public ScriptedServer(ServerSocketFactory factory) {
    try {
      socket = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public ScriptedServer on(String path, Script script) {
    scripts.put(path, script);
    return this;
  }

  /** A script that writes {@code head}, an empty line, and {@code body}. */
  public static Script answer(String head, byte[] body) {
    return out -> {
      out.write((head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
    };
  }

  public int port() {
    return socket.getLocalPort();
  }

  /** Lines of the heads of all requests so far. */
  public List<List<String>> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      var in = new BufferedReader(
          new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      var lines = new ArrayList<String>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        lines.add(line);
      }
      if (lines.isEmpty()) {
        return;
      }
      synchronized (requests) {
        requests.add(lines);
      }
      String target = lines.getFirst().split(" ")[1];
      Script script = scripts.get(target.split("\\?")[0]);
      if (script != null) {
        script.answer(client.getOutputStream());
        client.getOutputStream().flush();
      }
    } catch (IOException | InterruptedException clientLeft) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
