package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A connection that does not read: one piece may be on its way, the rest waits and is counted. */
class StreamOutletTest {
  private static final int BYTES_MAX = 256 << 10;
  private static final String EVENT = "e".repeat(1_000);
  private static ActorTestKit kit;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static StreamOutlet outlet() {
    return outlet(8_192);
  }

  private static StreamOutlet outlet(int eventsMax) {
    return new StreamOutlet(
        new HttpSettings.Streams(BYTES_MAX, eventsMax, 1),
        Materializer.matFromSystem(kit.system()));
  }

  /** A reader that takes one piece at a time, and only when asked. */
  private static SinkQueueWithCancel<ByteString> reader(StreamOutlet outlet) {
    return outlet.source().runWith(Sink.queue(1), Materializer.matFromSystem(kit.system()));
  }

  private static Optional<ByteString> pulled(SinkQueueWithCancel<ByteString> reader)
      throws Exception {
    return reader
        .pull()
        .toCompletableFuture()
        .get(Served.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Test
  void refusesWhatPassesTheLimitAndTakesMoreWhenItWasRead() throws Exception {
    StreamOutlet outlet = outlet();
    int taken = 0;
    while (outlet.offer(EVENT)) {
      taken++;
    }
    assertEquals(BYTES_MAX / EVENT.length(), taken);

    SinkQueueWithCancel<ByteString> reader = reader(outlet);
    ByteString first = pulled(reader).orElseThrow();
    assertTrue(first.size() <= StreamOutlet.WRITE_BYTES_MAX, "a piece of " + first.size());
    assertTrue(outlet.offer(EVENT));

    outlet.complete();
    int bytes = first.size();
    for (var next = pulled(reader); next.isPresent(); next = pulled(reader)) {
      assertTrue(next.get().size() <= StreamOutlet.WRITE_BYTES_MAX);
      bytes += next.get().size();
    }
    assertTrue(bytes >= (taken + 1) * EVENT.length());
    assertEquals(0, bytes % EVENT.length());
  }

  @Test
  void theConnectionHoldsFewBytesOfAReaderThatStopped() {
    StreamOutlet outlet = outlet();
    reader(outlet);
    long taken = 0;
    long quietSince = System.nanoTime();
    while (System.nanoTime() - quietSince < TimeUnit.MILLISECONDS.toNanos(200)) {
      if (outlet.offer(EVENT)) {
        taken += EVENT.length();
        quietSince = System.nanoTime();
      } else {
        Thread.onSpinWait();
      }
    }
    assertTrue(taken >= BYTES_MAX - EVENT.length());
    assertTrue(taken <= BYTES_MAX + 4L * StreamOutlet.WRITE_BYTES_MAX, taken + " bytes taken");
  }

  @Test
  void oneEventIsTakenHoweverLargeItIs() throws Exception {
    StreamOutlet outlet = outlet();
    String large = "x".repeat(2 * BYTES_MAX);

    assertTrue(outlet.offer(large));
    assertFalse(outlet.offer("y"));
    assertEquals(large.length(), pulled(reader(outlet)).orElseThrow().size());
  }

  @Test
  void refusesMoreEventsThanAllowed() {
    StreamOutlet outlet = outlet(16);
    int taken = 0;
    while (outlet.offer("e")) {
      taken++;
    }
    assertTrue(taken >= 16 && taken <= 64, taken + " events taken");
  }

  @Test
  void whatWaitsIsThrownAwayWhenTheStreamIsBrokenOff() throws Exception {
    StreamOutlet outlet = outlet();
    outlet.offer(EVENT);
    SinkQueueWithCancel<ByteString> reader = reader(outlet);
    pulled(reader);
    outlet.fail("the reader is too slow");

    ExecutionException broken = assertThrows(ExecutionException.class, () -> pulled(reader));
    assertEquals("the reader is too slow", broken.getCause().getMessage());
    assertFalse(outlet.offer(EVENT));
  }
}
