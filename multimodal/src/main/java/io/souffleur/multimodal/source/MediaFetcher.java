package io.souffleur.multimodal.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * Fetches what stands behind an address, from public addresses only.
 *
 * <pre>
 *   host → resolved once → every address checked → connected to one of those → GET
 *     ↑                                                                         |
 *     └──── a redirect is a new address: everything again, a few times ─────────┘
 * </pre>
 *
 * <p>A name is refused as soon as one of its addresses is not public: a name that mixes both is the mark
 * of an attack, and the next look-up could give the other one. All look-ups, connections and redirects of
 * a fetch share one deadline. {@link #fetch} blocks; run it on a virtual thread, where an interrupt
 * ends it at once. Thread-safe.
 */
public final class MediaFetcher implements AutoCloseable {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> PORTS = Set.of(FetchUrl.HTTP_PORT, FetchUrl.HTTPS_PORT);
  private static final int OK = 200;

  /** Look-ups at a time, those included that nobody waits for any more: they cannot be ended. */
  private static final int LOOKUPS_MAX = 64;

  private final FetchSettings settings;
  private final HostResolver resolver;
  private final HttpGet get;
  private final Semaphore lookups = new Semaphore(LOOKUPS_MAX);
  private final ScheduledThreadPoolExecutor clock;

  public MediaFetcher(FetchSettings settings, HostResolver resolver, SSLContext tls) {
    this.settings = settings;
    this.resolver = resolver;
    this.get = new HttpGet(settings.limits(), tls);
    this.clock = new ScheduledThreadPoolExecutor(
        1, Thread.ofPlatform().daemon().name("media-deadline").factory());
    clock.setRemoveOnCancelPolicy(true);
  }

  /** One that asks the machine's resolver and trusts the JDK's certificates. */
  public static MediaFetcher create(FetchSettings settings) {
    try {
      return new MediaFetcher(settings, HostResolver.SYSTEM, SSLContext.getDefault());
    } catch (NoSuchAlgorithmException noTls) {
      throw new IllegalStateException("this JDK has no TLS", noTls);
    }
  }

  /**
   * The bytes behind {@code url}, at most {@code bytesMax} of them, which stay taken from {@code budget}.
   */
  public byte[] fetch(FetchUrl url, int bytesMax, RequestBudget budget) throws MediaRefused {
    if (settings.mode() == FetchMode.OFF) {
      throw MediaRefused.forbidden("this server fetches nothing (--media-fetch off); send the "
          + "content itself as a data: URL");
    }
    try {
      budget.takeFetch(settings.limits().wholeTimeout());
      try (var deadline = new FetchDeadline(settings.limits().wholeTimeout(), clock)) {
        return follow(url, bytesMax, budget, deadline);
      } finally {
        budget.giveFetch();
      }
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new MediaRefused(MediaRefused.Reason.CANCELLED, "the fetch was cancelled", cancelled);
    }
  }

  private byte[] follow(FetchUrl url, int bytesMax, RequestBudget budget, FetchDeadline deadline)
      throws MediaRefused, InterruptedException {
    int redirectsMax = settings.limits().redirectsMax();
    FetchUrl at = url;
    for (int hop = 0; hop <= redirectsMax; hop++) {
      var sink = new ByteSink(bytesMax, budget);
      Optional<FetchUrl> next = step(at, sink, deadline);
      if (next.isEmpty()) {
        return sink.bytes();
      }
      at = next.get();
    }
    throw MediaRefused.unreachable("the server redirects more than " + redirectsMax + " times");
  }

  /** Fills {@code sink}, or says where to go on. */
  private Optional<FetchUrl> step(FetchUrl url, ByteSink sink, FetchDeadline deadline)
      throws MediaRefused, InterruptedException {
    List<InetAddress> addresses = checked(url, resolved(url, deadline));
    boolean done = false;
    try {
      Optional<FetchUrl> next =
          get.send(url, addresses, deadline, (head, body) -> taken(url, head, body, sink));
      done = true;
      return next;
    } finally {
      if (!done) {
        sink.discard();
      }
    }
  }

  private static Optional<FetchUrl> taken(
      FetchUrl url, HttpHead head, InputStream body, ByteSink sink)
      throws IOException, MediaRefused {
    if (REDIRECTS.contains(head.status())) {
      List<String> places = head.all("location");
      if (places.size() != 1) {
        throw MediaRefused.unreachable(url + " redirects without saying where to");
      }
      return Optional.of(url.redirected(places.getFirst()));
    }
    if (head.status() != OK) {
      throw MediaRefused.unreachable(url + " answers with status " + head.status());
    }
    HttpBody.read(body, head, sink);
    return Optional.empty();
  }

  private List<InetAddress> resolved(FetchUrl url, FetchDeadline deadline)
      throws MediaRefused, InterruptedException {
    if (url.literal().isPresent()) {
      return List.of(url.literal().get());
    }
    if (!lookups.tryAcquire()) {
      throw new MediaRefused(
          MediaRefused.Reason.BUSY, "too many names are being resolved; try again later");
    }
    var answer = new CompletableFuture<List<InetAddress>>();
    Thread.ofPlatform().daemon().name("media-resolve").start(() -> resolve(url, answer));
    try {
      int millis = deadline.millisLeft(settings.limits().connectTimeout());
      return answer.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      throw new MediaRefused(
          MediaRefused.Reason.TIMEOUT, "the name of " + url + " was not resolved in time", slow);
    } catch (ExecutionException failed) {
      throw new MediaRefused(
          MediaRefused.Reason.UNREACHABLE, "the name of " + url + " does not resolve", failed);
    }
  }

  private void resolve(FetchUrl url, CompletableFuture<List<InetAddress>> answer) {
    try {
      answer.complete(resolver.resolve(url.host()));
    } catch (UnknownHostException | RuntimeException failed) {
      answer.completeExceptionally(failed);
    } finally {
      lookups.release();
    }
  }

  /** The addresses to try; all must be allowed. The sentence does not say what a name resolved to. */
  private List<InetAddress> checked(FetchUrl url, List<InetAddress> addresses) throws MediaRefused {
    if (addresses.isEmpty()) {
      throw MediaRefused.unreachable("the name of " + url + " does not resolve");
    }
    for (InetAddress address : addresses) {
      if (settings.allow().allows(url, address)) {
        continue;
      }
      if (!PORTS.contains(url.port())) {
        throw MediaRefused.forbidden("port " + url.port() + " of " + url.host()
            + " is not fetched from; 80 and 443 are, others by --media-fetch-allow");
      }
      if (!SpecialAddresses.isPublic(address)) {
        throw MediaRefused.forbidden(
            url.host() + " is not on the public network; " + "--media-fetch-allow can name it");
      }
    }
    return addresses.stream().limit(settings.limits().addressesMax()).toList();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
