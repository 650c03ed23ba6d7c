package io.souffleur.multimodal.source;

import java.time.Duration;

/**
 * How long and how far a fetch goes.
 *
 * @param redirectsMax redirects followed one after the other
 * @param addressesMax addresses of a name that are tried
 * @param headBytesMax bytes of a response before its body
 * @param connectTimeout for one connection, TLS included, and for one look-up of a name
 * @param silenceTimeout longest wait for the next byte
 * @param wholeTimeout from the look-up to the last byte, redirects included
 */
public record FetchLimits(
    int redirectsMax,
    int addressesMax,
    int headBytesMax,
    Duration connectTimeout,
    Duration silenceTimeout,
    Duration wholeTimeout) {
  /** 3 redirects, 3 addresses, 16 KiB of head; 3 s to connect, 5 s of silence, 15 s in all. */
  public static final FetchLimits DEFAULT = new FetchLimits(
      3, 3, 16 * 1024, Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(15));

  public FetchLimits {
    if (redirectsMax < 0 || addressesMax < 1 || headBytesMax < 1_024) {
      throw new IllegalArgumentException("redirectsMax " + redirectsMax + ", addressesMax "
          + addressesMax + ", headBytesMax " + headBytesMax
          + ": at least 0, 1 and 1024 are expected");
    }
    for (Duration timeout : new Duration[] {connectTimeout, silenceTimeout, wholeTimeout}) {
      if (timeout.toMillis() < 1) {
        throw new IllegalArgumentException(
            "a timeout of " + timeout + ": at least 1 ms is expected");
      }
    }
  }
}
