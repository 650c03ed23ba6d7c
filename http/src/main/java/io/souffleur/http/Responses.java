package io.souffleur.http;

import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ErrorWriter;
import java.util.List;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** HTTP responses of the forms that this server gives. */
final class Responses {
  private static final List<HttpHeader> EVENT_HEADERS = List.of(
      RawHeader.create("Cache-Control", "no-cache"), RawHeader.create("X-Accel-Buffering", "no"));
  private static final HttpHeader RETRY_AFTER = RawHeader.create("Retry-After", "1");

  private Responses() {}

  static HttpResponse json(int status, String body) {
    return HttpResponse.create()
        .withStatus(StatusCodes.get(status))
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, body));
  }

  static HttpResponse text(int status, String body) {
    return HttpResponse.create()
        .withStatus(StatusCodes.get(status))
        .withEntity(HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, body));
  }

  static HttpResponse empty(int status) {
    return HttpResponse.create().withStatus(StatusCodes.get(status));
  }

  static HttpResponse events(Source<ByteString, ?> events) {
    return HttpResponse.create()
        .addHeaders(EVENT_HEADERS)
        .withEntity(
            HttpEntities.createChunked(MediaTypes.TEXT_EVENT_STREAM.toContentType(), events));
  }

  static HttpResponse error(ApiException error, ErrorWriter form) {
    HttpResponse response = json(error.status(), form.body(error));
    return error.status() == 429 ? response.addHeader(RETRY_AFTER) : response;
  }
}
