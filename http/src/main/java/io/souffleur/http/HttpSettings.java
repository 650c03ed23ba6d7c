package io.souffleur.http;

import com.typesafe.config.Config;
import io.souffleur.http.openai.RequestLimits;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the HTTP server, checked. The keys are explained in {@code reference.conf}.
 *
 * @param keys keys that requests must bring
 */
public record HttpSettings(
    Listen listen,
    Bodies bodies,
    Streams streams,
    Sessions sessions,
    boolean cacheReport,
    boolean incrementalOutput,
    Keys keys) {

  /** Where and how to listen. */
  public record Listen(
      String host, int port, int connectionsMax, Duration idleTimeout, int sendBufferBytes) {
    public Listen {
      require(port >= 0 && port <= 65_535, "port must be in [0, 65535], got " + port);
      require(connectionsMax > 0, "connections-max must be positive, got " + connectionsMax);
      require(idleTimeout.isPositive(), "idle-timeout must be positive, got " + idleTimeout);
      require(sendBufferBytes >= 0, "send-buffer-bytes must be >= 0, got " + sendBufferBytes);
    }
  }

  /** What a request body may be. */
  public record Bodies(RequestLimits limits, long inFlightBytesMax, Duration timeout) {
    public Bodies {
      require(
          inFlightBytesMax >= limits.bodyBytes(),
          "bodies-bytes-max must be at least body-bytes-max = " + limits.bodyBytes() + ", got "
              + inFlightBytesMax);
      require(timeout.isPositive(), "body-timeout must be positive, got " + timeout);
    }
  }

  /**
   * How streams are cut into events, and what of one may wait for its client.
   *
   * @param intervalTokens tokens from one event to the next; the first token never waits
   */
  public record Streams(int bufferBytesMax, int bufferEventsMax, int intervalTokens) {
    public Streams {
      require(
          bufferBytesMax > 0, "stream-buffer-bytes-max must be positive, got " + bufferBytesMax);
      require(
          bufferEventsMax > 0, "stream-buffer-events-max must be positive, got " + bufferEventsMax);
      require(intervalTokens > 0, "stream-interval must be positive, got " + intervalTokens);
    }
  }

  /** How many requests, and how they survive a rebuilt engine. */
  public record Sessions(int max, int resumeMax, Duration resumeWait, Duration resumeRetry) {
    public Sessions {
      require(max > 0, "sessions-max must be positive, got " + max);
      require(resumeMax >= 0, "resume-max must be >= 0, got " + resumeMax);
      require(resumeRetry.isPositive(), "resume-retry must be positive, got " + resumeRetry);
    }
  }

  /**
   * Who may come in.
   *
   * @param user for everything but health and metrics; empty asks for none
   * @param admin for routes of the operator; empty leaves them to the user's key
   */
  public record Keys(Optional<ApiKey> user, Optional<ApiKey> admin) {}

  /** A secret; never printed. */
  public record ApiKey(String value) {
    @Override
    public String toString() {
      return "ApiKey[hidden]";
    }
  }

  /** @param config the root; reads {@code io.souffleur.http} */
  public static HttpSettings from(Config config) {
    Config http = config.getConfig("io.souffleur.http");
    Listen listen = new Listen(
        http.getString("host"),
        http.getInt("port"),
        http.getInt("connections-max"),
        http.getDuration("idle-timeout"),
        bytes(http, "send-buffer-bytes"));
    RequestLimits limits = new RequestLimits(
        bytes(http, "body-bytes-max"),
        http.getInt("json-depth-max"),
        http.getInt("number-chars-max"),
        http.getInt("messages-max"),
        http.getInt("tools-max"));
    Sessions sessions = new Sessions(
        http.getInt("sessions-max"),
        http.getInt("resume-max"),
        http.getDuration("resume-wait"),
        http.getDuration("resume-retry"));
    return new HttpSettings(
        listen,
        new Bodies(limits, http.getBytes("bodies-bytes-max"), http.getDuration("body-timeout")),
        new Streams(
            bytes(http, "stream-buffer-bytes-max"),
            http.getInt("stream-buffer-events-max"),
            http.getInt("stream-interval")),
        sessions,
        http.getBoolean("cache-report"),
        http.getBoolean("incremental-output"),
        new Keys(key(http, "api-key"), key(http, "admin-api-key")));
  }

  /** The same settings with keys from elsewhere, where those are given. */
  public HttpSettings withKeys(Keys given) {
    return new HttpSettings(
        listen,
        bodies,
        streams,
        sessions,
        cacheReport,
        incrementalOutput,
        new Keys(given.user().or(keys::user), given.admin().or(keys::admin)));
  }

  private static Optional<ApiKey> key(Config config, String name) {
    return Optional.of(config.getString(name)).filter(key -> !key.isEmpty()).map(ApiKey::new);
  }

  private static int bytes(Config config, String key) {
    long bytes = config.getBytes(key);
    require(bytes <= Integer.MAX_VALUE, key + " must be below 2 GiB, got " + bytes);
    return (int) bytes;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
