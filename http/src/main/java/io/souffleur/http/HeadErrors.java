package io.souffleur.http;

import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ErrorWriter;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what comes instead of a request, in the envelope of all errors, and never as a fault of
 * the server: an unknown method or version is the client's.
 *
 * <p>Pekko finds it by its class name and takes the value of {@code MODULE$}. Runs on the threads of
 * the connections; has no state.
 */
public final class HeadErrors extends ParsingErrorHandler {
  /** The one there is, under the name that is looked for. */
  public static final HeadErrors MODULE$ = new HeadErrors();

  private static final Logger LOG = LoggerFactory.getLogger(HeadErrors.class);
  private static final int MESSAGE_CHARS_MAX = 300;

  private HeadErrors() {}

  @Override
  public HttpResponse handle(
      StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
    String message = error.summary();
    if (message.length() > MESSAGE_CHARS_MAX) {
      message = message.substring(0, MESSAGE_CHARS_MAX);
    }
    LOG.debug("refused a request that cannot be read: {}", message);
    int code = status.intValue() < 500 ? status.intValue() : 400;
    return Responses.error(
        new ApiException(code, "Bad Request", "the request cannot be read: " + message),
        ErrorWriter.OPENAI);
  }
}
