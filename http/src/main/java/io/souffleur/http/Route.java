package io.souffleur.http;

import io.souffleur.http.openai.ErrorWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * One endpoint: where it is, who may use it, and how its errors look.
 *
 * @param path without a slash at the end; with {@code /*} at the end it stands for all paths below
 * @param methods what it answers to; others are refused with these
 */
record Route(String path, List<String> methods, Role role, ErrorWriter errors, Handler handler) {
  private static final String BELOW = "/*";

  /** Answers a request whose path, key and method were found right. */
  @FunctionalInterface
  interface Handler {
    /** @throws io.souffleur.http.openai.ApiException if the head alone is reason to refuse */
    CompletionStage<HttpResponse> answer(HttpRequest request, String path, Exchange exchange);
  }

  Route {
    Objects.requireNonNull(role, () -> "the role of " + path);
    methods = List.copyOf(methods);
  }

  boolean matches(String asked) {
    return path.endsWith(BELOW)
        ? asked.startsWith(path.substring(0, path.length() - 1))
        : asked.equals(path);
  }

  String allowed() {
    return String.join(", ", methods);
  }
}
