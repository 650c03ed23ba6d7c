package io.souffleur.clusterconfig.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One HTTP/1.1 request on a connection of its own, read by the thread that waits for its answer.
 *
 * <p>The JDK's client hands every piece of an answer through two more threads, which on a busy machine
 * costs more than the gap between two tokens. Here nothing stands between the socket and the clock.
 */
final class HttpCall implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int HEAD_LINE_BYTES_MAX = 64 << 10;
  private static final int HEAD_LINES_MAX = 1_000;
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final int INTERIM_END = 200;

  private final Socket socket;
  private final InputStream in;
  private int status;
  private boolean chunked;
  private long contentBytes = -1;

  private HttpCall(Socket socket, InputStream in) {
    this.socket = socket;
    this.in = in;
  }

  /**
   * Sends a POST and waits for the head of its answer.
   *
   * @param headers beside those of the protocol itself
   * @param timeoutMillis longest silence, of the connection attempt and of the answer
   */
  static HttpCall post(URI uri, Map<String, String> headers, byte[] body, int timeoutMillis)
      throws IOException {
    Socket socket = connect(uri, timeoutMillis);
    try {
      socket.getOutputStream().write(request(uri, headers, body));
      HttpCall call =
          new HttpCall(socket, new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
      call.readHead();
      return call;
    } catch (IOException broken) {
      socket.close();
      throw broken;
    }
  }

  private static Socket connect(URI uri, int timeoutMillis) throws IOException {
    boolean secret = uri.getScheme().equals("https");
    int port = uri.getPort() >= 0 ? uri.getPort() : secret ? HTTPS_PORT : HTTP_PORT;
    Socket socket = secret ? SSLSocketFactory.getDefault().createSocket() : new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMillis);
      if (socket instanceof SSLSocket tls) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
      }
      socket.connect(new InetSocketAddress(uri.getHost(), port), timeoutMillis);
      return socket;
    } catch (IOException unreachable) {
      socket.close();
      throw unreachable;
    }
  }

  /** Head and body in one piece, so that they leave in one packet if they fit. */
  private static byte[] request(URI uri, Map<String, String> headers, byte[] body)
      throws IOException {
    StringBuilder head = new StringBuilder();
    head.append("POST ").append(uri.getRawPath()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(uri.getRawAuthority()).append("\r\n");
    head.append("Connection: close\r\n");
    head.append("Content-Length: ").append(body.length).append("\r\n");
    headers.forEach(
        (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("\r\n");
    ByteArrayOutputStream whole = new ByteArrayOutputStream(head.length() + body.length);
    whole.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    whole.write(body);
    return whole.toByteArray();
  }

  /** Heads of 1xx announce another one. */
  private void readHead() throws IOException {
    do {
      String[] words = line(in).split(" ", 3);
      if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("\\d{3}")) {
        throw new IOException("the answer does not begin as HTTP/1.1");
      }
      status = Integer.parseInt(words[1]);
      readHeaders();
    } while (status < INTERIM_END);
  }

  private void readHeaders() throws IOException {
    String header = line(in);
    for (int count = 0; !header.isEmpty(); count++) {
      if (count == HEAD_LINES_MAX) {
        throw new IOException("the answer has more than " + HEAD_LINES_MAX + " headers");
      }
      int colon = header.indexOf(':');
      String name = header.substring(0, Math.max(0, colon)).strip().toLowerCase(Locale.ROOT);
      String value = header.substring(colon + 1).strip();
      if (name.equals("transfer-encoding")) {
        chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
      } else if (name.equals("content-length") && value.matches("\\d{1,18}")) {
        contentBytes = Long.parseLong(value);
      }
      header = line(in);
    }
  }

  /** One line of a head, without its end. */
  static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next != '\n') {
      if (next < 0) {
        throw new IOException("the connection was closed before the answer's head ended");
      }
      if (line.size() == HEAD_LINE_BYTES_MAX) {
        throw new IOException(
            "a line of the answer's head has more than " + HEAD_LINE_BYTES_MAX + " bytes");
      }
      if (next != '\r') {
        line.write(next);
      }
      next = in.read();
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  int status() {
    return status;
  }

  /** The answer's body, whose reads return as soon as there is something. */
  InputStream body() {
    if (chunked) {
      return BodyStream.ofChunks(in);
    }
    return contentBytes >= 0 ? BodyStream.ofLength(in, contentBytes) : in;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
