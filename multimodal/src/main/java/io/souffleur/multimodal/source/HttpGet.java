package io.souffleur.multimodal.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One GET over one connection to one checked address.
 *
 * <p>Why not the JDK's client: it resolves the host again when it connects, and may get another address
 * than the one that was checked. Given the address as the host of a URL it would send that in the TLS
 * handshake and compare the certificate with it. The public way to give it a resolver is one for the
 * whole process. Here the socket goes to the address, while the {@code Host} header, the server name
 * indication and the certificate's check all go by the name. No proxy of the environment is asked, no
 * cookie or credential is sent, no connection is kept.
 */
final class HttpGet {
  private static final String[] TLS = {"TLSv1.3", "TLSv1.2"};

  private final FetchLimits limits;
  private final SSLContext tls;

  HttpGet(FetchLimits limits, SSLContext tls) {
    this.limits = limits;
    this.tls = tls;
  }

  /** What is done with the response; the connection is closed behind it. */
  interface Reading<T> {
    T from(HttpHead head, InputStream body) throws IOException, MediaRefused;
  }

  <T> T send(FetchUrl url, List<InetAddress> addresses, FetchDeadline deadline, Reading<T> reading)
      throws MediaRefused {
    try (Socket socket = connect(url, addresses, deadline)) {
      Socket channel = url.secure() ? secured(socket, url, deadline) : socket;
      channel.setSoTimeout(deadline.millisLeft(limits.silenceTimeout()));
      channel.getOutputStream().write(request(url));
      channel.getOutputStream().flush();
      var in = new BufferedInputStream(channel.getInputStream());
      return reading.from(HttpHead.read(in, limits.headBytesMax()), in);
    } catch (IOException broken) {
      throw refused(url, broken, deadline);
    }
  }

  /** The first address that takes the connection; each is an attempt of its own. */
  private Socket connect(FetchUrl url, List<InetAddress> addresses, FetchDeadline deadline)
      throws MediaRefused {
    IOException last = new IOException("no address");
    for (InetAddress address : addresses) {
      var socket = new Socket(Proxy.NO_PROXY);
      deadline.watch(socket);
      try {
        socket.setTcpNoDelay(true);
        socket.connect(
            new InetSocketAddress(address, url.port()),
            deadline.millisLeft(limits.connectTimeout()));
        return socket;
      } catch (IOException failed) {
        last = failed;
        closeQuietly(socket);
      }
      if (deadline.isOver() || Thread.currentThread().isInterrupted()) {
        break;
      }
    }
    throw refused(url, last, deadline);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      return;
    }
  }

  /** TLS on top of {@code socket}; the certificate must be for the name in the address. */
  private SSLSocket secured(Socket socket, FetchUrl url, FetchDeadline deadline)
      throws IOException {
    socket.setSoTimeout(deadline.millisLeft(limits.connectTimeout()));
    var secured =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, url.host(), url.port(), true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(TLS);
    if (url.literal().isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(url.host())));
    }
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  private static byte[] request(FetchUrl url) {
    String head = "GET " + url.target() + " HTTP/1.1\r\n"
        + "Host: " + url.hostHeader() + "\r\n"
        + "User-Agent: souffleur\r\n"
        + "Accept: image/*, video/*\r\n"
        + "Accept-Encoding: identity\r\n"
        + "Connection: close\r\n\r\n";
    return head.getBytes(StandardCharsets.US_ASCII);
  }

  /** In our own words: those of the cause may quote what the server sent. */
  private static MediaRefused refused(FetchUrl url, IOException cause, FetchDeadline deadline) {
    if (Thread.currentThread().isInterrupted()) {
      return new MediaRefused(MediaRefused.Reason.CANCELLED, "the fetch was cancelled", cause);
    }
    if (deadline.isOver()) {
      return FetchDeadline.timeout();
    }
    return switch (cause) {
      case SocketTimeoutException slow ->
        new MediaRefused(MediaRefused.Reason.TIMEOUT, url + " did not answer in time", slow);
      case SSLException insecure ->
        new MediaRefused(
            MediaRefused.Reason.UNREACHABLE,
            "no secure connection to " + url + ": its certificate or its TLS was not accepted",
            insecure);
      default ->
        new MediaRefused(
            MediaRefused.Reason.UNREACHABLE, "the connection to " + url + " failed", cause);
    };
  }
}
