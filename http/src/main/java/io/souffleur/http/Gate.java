package io.souffleur.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Asks for the API key, if there is one: everywhere but for health, metrics and {@code OPTIONS}.
 *
 * <p>Digests are compared, so that neither the time taken nor the length tells anything about the
 * key.
 */
final class Gate {
  private static final String SCHEME = "bearer ";

  private final Optional<byte[]> keyDigest;

  Gate(Optional<HttpSettings.ApiKey> key) {
    this.keyDigest = key.map(secret -> digest(secret.value()));
  }

  /** The answer for a request without the key; empty when it may go on. */
  Optional<HttpResponse> refusal(HttpRequest request, String path) {
    boolean free = keyDigest.isEmpty()
        || path.startsWith("/health")
        || path.startsWith("/metrics")
        || request.method().name().equals("OPTIONS");
    if (free || MessageDigest.isEqual(keyDigest.get(), digest(presented(request)))) {
      return Optional.empty();
    }
    return Optional.of(Responses.json(401, "{\"error\":\"Unauthorized\"}"));
  }

  private static String presented(HttpRequest request) {
    String value = request.getHeader("Authorization").map(HttpHeader::value).orElse("");
    return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? value.substring(SCHEME.length())
        : "";
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
