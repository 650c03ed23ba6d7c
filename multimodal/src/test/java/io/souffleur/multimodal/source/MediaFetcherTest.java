package io.souffleur.multimodal.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.multimodal.hostile.ScriptedServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MediaFetcherTest {
  private static final byte[] BODY = "any bytes".getBytes(StandardCharsets.US_ASCII);
  private static final MediaLimits LIMITS = MediaLimits.forHeap(1L << 30);
  private static final HostResolver LOOPBACK = host -> List.of(InetAddress.ofLiteral("127.0.0.1"));

  private final CountDownLatch end = new CountDownLatch(1);
  private final RequestBudget budget = new ServerBudget(LIMITS).open();
  private ScriptedServer plain;
  private ScriptedServer secure;

  @BeforeEach
  void listen() throws Exception {
    plain = new ScriptedServer(ServerSocketFactory.getDefault());
    secure = new ScriptedServer(tls(true).getServerSocketFactory());
    for (ScriptedServer server : List.of(plain, secure)) {
      server.on("/a", ScriptedServer.answer("HTTP/1.1 200 OK", BODY));
      server.on("/silent", out -> end.await());
    }
  }

  @AfterEach
  void stop() throws Exception {
    end.countDown();
    plain.close();
    secure.close();
  }

  /** Knows the test's certificate, which is for media.test, or the JDK's only. */
  private static SSLContext tls(boolean trusting) throws Exception {
    if (!trusting) {
      return SSLContext.getDefault();
    }
    char[] password = "changeit".toCharArray();
    var store = KeyStore.getInstance("PKCS12");
    try (InputStream in = MediaFetcherTest.class.getResourceAsStream("media.test.p12")) {
      store.load(in, password);
    }
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    var anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("media", store.getCertificate("media"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(anchors);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static FetchLimits limits(int wholeMillis) {
    return new FetchLimits(
        3,
        3,
        16 * 1024,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofMillis(wholeMillis));
  }

  private static MediaFetcher fetcher(HostResolver resolver, boolean trusting, int wholeMillis)
      throws Exception {
    var settings = new FetchSettings(
        FetchMode.PUBLIC, AllowList.parse(List.of("127.0.0.1")), limits(wholeMillis));
    return new MediaFetcher(settings, resolver, tls(trusting));
  }

  private byte[] fetched(String url, HostResolver resolver, boolean trusting) throws Exception {
    try (MediaFetcher fetcher = fetcher(resolver, trusting, 20_000)) {
      return fetcher.fetch(FetchUrl.parse(url), 1_000, budget);
    }
  }

  private MediaRefused refused(String url, HostResolver resolver, boolean trusting) {
    return assertThrows(MediaRefused.class, () -> fetched(url, resolver, trusting));
  }

  private String secureUrl(String host, String path) {
    return "https://" + host + ":" + secure.port() + path;
  }

  @Test
  void theConnectionGoesToTheCheckedAddressAndEverythingElseByTheName() throws Exception {
    assertArrayEquals(BODY, fetched(secureUrl("media.test", "/a?b=c"), LOOPBACK, true));
    List<String> request = secure.requests().getFirst();
    assertEquals("GET /a?b=c HTTP/1.1", request.getFirst());
    assertTrue(request.contains("Host: media.test:" + secure.port()), request.toString());
    assertTrue(request.contains("Accept-Encoding: identity"), request.toString());
    assertFalse(request.toString().toLowerCase(Locale.ROOT).contains("cookie"));
  }

  @Test
  void aCertificateForAnotherNameIsRefused() {
    MediaRefused refused = refused(secureUrl("other.test", "/a"), LOOPBACK, true);
    assertEquals(MediaRefused.Reason.UNREACHABLE, refused.reason());
    assertTrue(refused.getMessage().contains("certificate"), refused.getMessage());
  }

  @Test
  void aCertificateForANameIsNotOneForItsAddress() {
    MediaRefused refused = refused(secureUrl("127.0.0.1", "/a"), LOOPBACK, true);
    assertTrue(refused.getMessage().contains("certificate"), refused.getMessage());
  }

  @Test
  void aCertificateOfNobodyIsRefused() {
    MediaRefused refused = refused(secureUrl("media.test", "/a"), LOOPBACK, false);
    assertTrue(refused.getMessage().contains("certificate"), refused.getMessage());
  }

  @Test
  void aNameIsResolvedOnceForEachAddressThatIsGoneTo() throws Exception {
    var lookups = new AtomicInteger();
    HostResolver turning = host ->
        List.of(InetAddress.ofLiteral(lookups.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2"));
    String origin = "http://media.test:" + plain.port();
    assertArrayEquals(BODY, fetched(origin + "/a", turning, true));
    assertEquals(1, lookups.get());

    lookups.set(0);
    plain.on("/to", ScriptedServer.answer("HTTP/1.1 302 On\r\nLocation: /a", new byte[0]));
    MediaRefused refused = refused(origin + "/to", turning, true);
    assertEquals(MediaRefused.Reason.FORBIDDEN, refused.reason());
    assertEquals(2, lookups.get());
  }

  @Test
  void aDeadAddressIsFollowedByTheNext() throws Exception {
    HostResolver several =
        host -> List.of(InetAddress.ofLiteral("127.0.0.3"), InetAddress.ofLiteral("127.0.0.1"));
    var settings = new FetchSettings(
        FetchMode.PUBLIC, AllowList.parse(List.of("127.0.0.0/8")), limits(20_000));
    try (var fetcher = new MediaFetcher(settings, several, tls(true))) {
      assertArrayEquals(
          BODY,
          fetcher.fetch(FetchUrl.parse("http://media.test:" + plain.port() + "/a"), 1_000, budget));
    }
  }

  @Test
  void nothingIsFetchedWhenFetchingIsOff() throws Exception {
    var off = new FetchSettings(
        FetchMode.OFF, AllowList.parse(List.of("127.0.0.1")), FetchLimits.DEFAULT);
    try (var fetcher = new MediaFetcher(off, LOOPBACK, tls(true))) {
      var refused = assertThrows(
          MediaRefused.class,
          () -> fetcher.fetch(
              FetchUrl.parse("http://127.0.0.1:" + plain.port() + "/a"), 1_000, budget));
      assertEquals(MediaRefused.Reason.FORBIDDEN, refused.reason());
      assertTrue(plain.requests().isEmpty());
    }
  }

  @Test
  void theDeadlineEndsWhateverTheServerDoes() throws Exception {
    try (var fetcher = fetcher(LOOPBACK, true, 300)) {
      var refused = assertThrows(
          MediaRefused.class,
          () -> fetcher.fetch(
              FetchUrl.parse("http://127.0.0.1:" + plain.port() + "/silent"), 1_000, budget));
      assertEquals(MediaRefused.Reason.TIMEOUT, refused.reason());
    }
  }

  /** The server speaks no TLS and waits for the end of a head that never comes. */
  @Test
  void theDeadlineEndsAHandshakeToo() throws Exception {
    try (var fetcher = fetcher(LOOPBACK, true, 300)) {
      var refused = assertThrows(
          MediaRefused.class,
          () -> fetcher.fetch(
              FetchUrl.parse("https://127.0.0.1:" + plain.port() + "/a"), 1_000, budget));
      assertEquals(MediaRefused.Reason.TIMEOUT, refused.reason());
    }
  }

  @Test
  void aSlowResolverIsNotWaitedForLonger() throws Exception {
    HostResolver slow = host -> {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return List.of();
    };
    try (var fetcher = fetcher(slow, true, 300)) {
      var refused = assertThrows(
          MediaRefused.class,
          () -> fetcher.fetch(FetchUrl.parse("http://media.test/a"), 1_000, budget));
      assertEquals(MediaRefused.Reason.TIMEOUT, refused.reason());
    }
  }

  @Test
  void lookUpsThatHangAreBounded() throws Exception {
    HostResolver hanging = host -> {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return List.of();
    };
    try (var fetcher = fetcher(hanging, true, 5)) {
      FetchUrl url = FetchUrl.parse("http://media.test/a");
      for (int i = 0; i < 64; i++) {
        var late = assertThrows(MediaRefused.class, () -> fetcher.fetch(url, 1_000, budget));
        assertEquals(MediaRefused.Reason.TIMEOUT, late.reason());
      }
      var refused = assertThrows(MediaRefused.class, () -> fetcher.fetch(url, 1_000, budget));
      assertEquals(MediaRefused.Reason.BUSY, refused.reason());
    }
  }

  @Test
  void anInterruptEndsAFetchOnAVirtualThread() throws Exception {
    var outcome = new CompletableFuture<byte[]>();
    try (var fetcher = fetcher(LOOPBACK, true, 60_000)) {
      Thread fetching = Thread.startVirtualThread(() -> {
        try {
          outcome.complete(fetcher.fetch(
              FetchUrl.parse("http://127.0.0.1:" + plain.port() + "/silent"), 1_000, budget));
        } catch (MediaRefused refused) {
          outcome.completeExceptionally(refused);
        }
      });
      until(() -> !plain.requests().isEmpty());
      fetching.interrupt();
      var failed = assertThrows(ExecutionException.class, () -> outcome.get(20, TimeUnit.SECONDS));
      var refused = (MediaRefused) failed.getCause();
      assertEquals(MediaRefused.Reason.CANCELLED, refused.reason());
    }
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    assertTrue(condition.getAsBoolean());
  }

  @Test
  void fetchesBeyondTheLimitOfARequestWait() throws Exception {
    var one = new MediaLimits(
        LIMITS.image(),
        LIMITS.videoBytesMax(),
        new RequestLimits(9, 1 << 20, 1 << 20, 1),
        LIMITS.server(),
        LIMITS.fetch(),
        LIMITS.decode());
    RequestBudget narrow = new ServerBudget(one).open();
    narrow.takeFetch(Duration.ofSeconds(1));
    var refused = assertThrows(MediaRefused.class, () -> narrow.takeFetch(Duration.ofMillis(20)));
    assertEquals(MediaRefused.Reason.BUSY, refused.reason());
    narrow.giveFetch();
    narrow.takeFetch(Duration.ofSeconds(1));
    narrow.giveFetch();
  }

  @Test
  void bytesOfTheServerAreGivenBackWhenTheRequestEnds() throws Exception {
    var server = new ServerBudget(LIMITS);
    long all = LIMITS.server().bytesMax();
    RequestBudget first = server.open();
    first.takeBytes(LIMITS.request().bytesMax());
    RequestBudget second = server.open();
    second.takeBytes(all - LIMITS.request().bytesMax());
    var refused = assertThrows(MediaRefused.class, () -> server.open().takeBytes(1));
    assertEquals(MediaRefused.Reason.BUSY, refused.reason());
    assertEquals(429, refused.reason().httpStatus());
    first.close();
    first.giveBytes(7);
    assertEquals(all - LIMITS.request().bytesMax(), server.bytesHeld());
    second.close();
    assertEquals(0, server.bytesHeld());
    assertThrows(MediaRefused.class, () -> second.takeBytes(1));
  }
}
