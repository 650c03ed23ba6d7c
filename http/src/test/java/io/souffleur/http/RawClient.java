package io.souffleur.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A client that does with its socket what well-behaved clients do not. */
final class RawClient implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;

  RawClient(int port) throws IOException {
    this(port, 0);
  }

  /** @param receiveBufferBytes 0 leaves the choice to the kernel */
  RawClient(int port, int receiveBufferBytes) throws IOException {
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout((int) Served.DEADLINE.toMillis());
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  static String post(String path, String headers, String body) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + headers
        + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  RawClient send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  /** Reads until {@code end} was seen, or the server closed. */
  String readUntil(String end) throws IOException {
    byte[] last = end.getBytes(StandardCharsets.UTF_8);
    byte[] read = new byte[1_024];
    int count = 0;
    int next = in.read();
    while (next >= 0) {
      if (count == read.length) {
        read = Arrays.copyOf(read, 2 * count);
      }
      read[count++] = (byte) next;
      if (count >= last.length
          && Arrays.equals(read, count - last.length, count, last, 0, last.length)) {
        break;
      }
      next = in.read();
    }
    return new String(read, 0, count, StandardCharsets.UTF_8);
  }

  /** Reads to the end of the connection; a reset is an end, too. */
  long skipToEnd() {
    long bytes = 0;
    try {
      byte[] block = new byte[65_536];
      int count = in.read(block);
      while (count >= 0) {
        bytes += count;
        count = in.read(block);
      }
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the server did not close the connection", e);
    } catch (IOException reset) {
      return bytes;
    }
    return bytes;
  }

  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes with a reset instead of an orderly end. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
