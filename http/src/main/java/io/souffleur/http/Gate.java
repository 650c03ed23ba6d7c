package io.souffleur.http;

import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ErrorWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Asks for the key that a route's role needs.
 *
 * <table>
 *   <caption>who may pass</caption>
 *   <tr><td>{@code FREE}, {@code OPTIONS}</td><td>everybody</td></tr>
 *   <tr><td>{@code USER}</td><td>the API key; everybody, if there is none</td></tr>
 *   <tr><td>{@code ADMIN}</td><td>the admin key; if there is none the API key; if there is none
 *       either, everybody on the loopback address and nobody beyond it</td></tr>
 * </table>
 *
 * <p>Digests are compared, so that neither the time taken nor the length tells anything about a
 * key.
 */
final class Gate {
  private static final String SCHEME = "bearer ";
  private static final String UNAUTHORIZED = "{\"error\":\"Unauthorized\"}";
  private static final String FORBIDDEN = "{\"error\":\"Forbidden\"}";

  private final Optional<byte[]> userDigest;
  private final Optional<byte[]> adminDigest;
  private final boolean local;

  Gate(HttpSettings.Keys keys, String host) {
    this.userDigest = keys.user().map(secret -> digest(secret.value()));
    this.adminDigest = keys.admin().map(secret -> digest(secret.value()));
    this.local = loopback(host);
  }

  /** The answer for a request that may not go on; empty when it may. */
  Optional<HttpResponse> refusal(HttpRequest request, Role role, ErrorWriter errors) {
    if (role == Role.FREE || request.method().name().equals("OPTIONS")) {
      return Optional.empty();
    }
    byte[] presented = digest(presented(request));
    if (role == Role.USER) {
      return passes(userDigest, presented) ? Optional.empty() : refused(401, UNAUTHORIZED);
    }
    if (adminDigest.isPresent()) {
      if (passes(adminDigest, presented)) {
        return Optional.empty();
      }
      boolean known = userDigest.isPresent() && passes(userDigest, presented);
      return known ? refused(403, FORBIDDEN) : refused(401, UNAUTHORIZED);
    }
    if (userDigest.isPresent()) {
      return passes(userDigest, presented) ? Optional.empty() : refused(401, UNAUTHORIZED);
    }
    return local ? Optional.empty() : Optional.of(Responses.error(beyondLoopback(), errors));
  }

  private static ApiException beyondLoopback() {
    return new ApiException(
        403,
        "Forbidden",
        "admin routes are closed while the server listens beyond the loopback address without a"
            + " key; start it with --admin-api-key or --api-key");
  }

  private static Optional<HttpResponse> refused(int status, String body) {
    return Optional.of(Responses.json(status, body));
  }

  private static boolean passes(Optional<byte[]> wanted, byte[] presented) {
    return wanted.isEmpty() || MessageDigest.isEqual(wanted.get(), presented);
  }

  private static String presented(HttpRequest request) {
    String value = request.getHeader("Authorization").map(HttpHeader::value).orElse("");
    return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? value.substring(SCHEME.length())
        : "";
  }

  private static boolean loopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
