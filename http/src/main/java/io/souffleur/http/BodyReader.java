package io.souffleur.http;

import io.souffleur.http.openai.ApiException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Reads request bodies whole, within limits of size, sum of sizes, and time.
 *
 * <p>Safe for any number of threads.
 */
final class BodyReader {
  /**
   * How long the body of a refused request is read and thrown away, so that the client hears why.
   */
  private static final Duration DRAIN_TIME = Duration.ofSeconds(2);

  private final HttpSettings.Bodies limits;
  private final Admission admission;
  private final Materializer materializer;

  BodyReader(HttpSettings.Bodies limits, Admission admission, Materializer materializer) {
    this.limits = limits;
    this.admission = admission;
    this.materializer = materializer;
  }

  /**
   * The bytes of a JSON body; a failure is turned into an answer by {@link #refusal}.
   *
   * @throws ApiException if the head alone is reason to refuse
   */
  CompletionStage<byte[]> read(HttpRequest request) {
    checkType(request);
    int bytesMax = limits.limits().bodyBytes();
    OptionalLong announced = request.entity().getContentLengthOption();
    if (announced.isPresent() && announced.getAsLong() > bytesMax) {
      throw tooLarge(limits);
    }
    long reserved = announced.orElse(bytesMax);
    admission.enterBody(reserved);
    return request
        .entity()
        .withSizeLimit(bytesMax)
        .toStrict(limits.timeout().toMillis(), materializer)
        .thenApply(strict -> strict.getData().toArray())
        .whenComplete((body, failure) -> admission.leaveBody(reserved));
  }

  /** Reads and forgets what there is of a body; completes soon, and never with a failure. */
  CompletionStage<Done> drain(HttpRequest request) {
    return request
        .entity()
        .withoutSizeLimit()
        .getDataBytes()
        .takeWithin(DRAIN_TIME)
        .runWith(Sink.ignore(), materializer)
        .exceptionally(failure -> Done.done());
  }

  /** The answer for a body that could not be read. */
  static ApiException refusal(Throwable failure, HttpSettings.Bodies limits) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof EntityStreamSizeException) {
      return tooLarge(limits);
    }
    if (cause instanceof TimeoutException) {
      return new ApiException(
          408,
          "Request Timeout",
          "the body did not arrive within body-timeout = " + limits.timeout().toMillis() + " ms");
    }
    return ApiException.malformed("the body could not be read: " + cause.getMessage());
  }

  private static ApiException tooLarge(HttpSettings.Bodies limits) {
    return new ApiException(
        413,
        "Request Entity Too Large",
        "the body is larger than body-bytes-max = " + limits.limits().bodyBytes() + " bytes");
  }

  private static void checkType(HttpRequest request) {
    var type = request.entity().getContentType();
    boolean json = type.mediaType().equals(ContentTypes.APPLICATION_JSON.mediaType());
    if (!json && !type.equals(ContentTypes.NO_CONTENT_TYPE)) {
      throw new ApiException(
          415, "Unsupported Media Type", "Content-Type must be application/json, got " + type);
    }
    Optional<String> encoding = request.getHeader("Content-Encoding").map(HttpHeader::value);
    if (encoding.isPresent() && !encoding.get().equalsIgnoreCase("identity")) {
      throw new ApiException(
          415,
          "Unsupported Media Type",
          "Content-Encoding must be identity, got " + encoding.get());
    }
  }
}
