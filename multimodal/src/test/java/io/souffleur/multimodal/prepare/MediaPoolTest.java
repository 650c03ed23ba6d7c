package io.souffleur.multimodal.prepare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.multimodal.Downsample;
import io.souffleur.multimodal.PatchWriter;
import io.souffleur.multimodal.RgbImage;
import io.souffleur.multimodal.SlicePlan;
import io.souffleur.multimodal.SliceSettings;
import io.souffleur.multimodal.hostile.Pictures;
import io.souffleur.multimodal.image.ImageFile;
import io.souffleur.multimodal.image.ImageLimits;
import io.souffleur.multimodal.source.DecodeLimits;
import io.souffleur.multimodal.source.FetchLimits;
import io.souffleur.multimodal.source.MediaLimits;
import io.souffleur.multimodal.source.MediaRefused;
import io.souffleur.multimodal.source.RequestLimits;
import io.souffleur.multimodal.source.ServerBudget;
import io.souffleur.multimodal.source.ServerLimits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MediaPoolTest {
  private static final ImageSettings SETTINGS =
      new ImageSettings(new SliceSettings(9, 448, 14, true), Downsample.SIXTEEN);
  private static final int WAITING_MAX = 2;
  private static final int STUCK_MAX = 2;

  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<MediaPool> pools = new ArrayList<>();

  /** Memory that says how much of it is out. */
  private static class Counted implements PatchMemory {
    final AtomicInteger taken = new AtomicInteger();
    final AtomicInteger returned = new AtomicInteger();

    @Override
    public Optional<MemorySegment> take(long bytes) {
      taken.incrementAndGet();
      return Optional.of(Arena.ofAuto().allocate(bytes));
    }

    @Override
    public void giveBack(MemorySegment patches) {
      returned.incrementAndGet();
    }
  }

  /** Memory that keeps its asker, deaf to any stop, as a decoder might hang. */
  private final class Gated extends Counted {
    @Override
    public Optional<MemorySegment> take(long bytes) {
      taken.incrementAndGet();
      boolean open = false;
      while (!open) {
        try {
          open = gate.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException deaf) {
          open = false;
        }
      }
      return Optional.of(Arena.ofAuto().allocate(bytes));
    }
  }

  private static MediaLimits limits(int decodeMillis) {
    return new MediaLimits(
        ImageLimits.DEFAULT,
        1 << 20,
        new RequestLimits(8, 1 << 20, 1_000, 1),
        new ServerLimits(1 << 20, 64 << 20, 1, WAITING_MAX),
        FetchLimits.DEFAULT,
        new DecodeLimits(Duration.ofMillis(decodeMillis), STUCK_MAX));
  }

  private MediaPool pool(int threads, int decodeMillis) {
    var pool = new MediaPool(threads, limits(decodeMillis)).start();
    pools.add(pool);
    return pool;
  }

  @AfterEach
  void close() {
    gate.countDown();
    pools.forEach(MediaPool::close);
  }

  private static ImageWork work(PatchMemory memory) {
    return new ImageWork(
        Pictures.sound("rgb.png"),
        SETTINGS,
        new byte[0],
        memory,
        new ServerBudget(limits(1_000)).open());
  }

  private static MediaRefused refusal(Preparation preparation) {
    var failed = assertThrows(
        ExecutionException.class, () -> preparation.result().get(20, TimeUnit.SECONDS));
    return assertInstanceOf(MediaRefused.class, failed.getCause());
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    assertTrue(condition.getAsBoolean());
  }

  @Test
  void theResultIsThatOfTheSameStepsOnOneThread() throws Exception {
    PreparedImage prepared =
        pool(2, 60_000).submit(work(new Counted())).result().get(20, TimeUnit.SECONDS);
    RgbImage image =
        ImageFile.open(Pictures.sound("rgb.png"), ImageLimits.DEFAULT).decode();
    SlicePlan plan = SlicePlan.of(image.size(), SETTINGS.slices());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment expected = arena.allocate(PatchWriter.bytes(plan));
      PatchWriter.write(image, plan, expected);
      assertArrayEquals(
          expected.toArray(ValueLayout.JAVA_BYTE),
          prepared.patches().toArray(ValueLayout.JAVA_BYTE));
    }
    assertEquals(plan, prepared.plan());
    assertEquals(plan.tokens(Downsample.SIXTEEN), prepared.tokens());
    assertEquals(ContentHash.ofPixels(image, SETTINGS, new byte[0]), prepared.hash());
  }

  @Test
  void aFullQueueRefusesAndACancelledImageMakesRoom() throws Exception {
    MediaPool pool = pool(1, 60_000);
    var memory = new Gated();
    Preparation running = pool.submit(work(memory));
    until(() -> memory.taken.get() == 1);
    Preparation second = pool.submit(work(new Counted()));
    Preparation third = pool.submit(work(new Counted()));
    assertEquals(WAITING_MAX, pool.waiting());
    var refused = assertThrows(MediaRefused.class, () -> pool.submit(work(new Counted())));
    assertEquals(MediaRefused.Reason.BUSY, refused.reason());
    third.cancel();
    assertEquals(MediaRefused.Reason.CANCELLED, refusal(third).reason());
    assertEquals(1, pool.waiting());
    Preparation fourth = pool.submit(work(new Counted()));
    gate.countDown();
    for (Preparation each : List.of(running, second, fourth)) {
      assertEquals(
          SETTINGS.downsample(), each.result().get(20, TimeUnit.SECONDS).downsample());
    }
  }

  @Test
  void aStuckDecoderIsReplacedAndGivesBackItsMemoryWhenItEnds() throws Exception {
    MediaPool pool = pool(1, 200);
    var memory = new Gated();
    Preparation stuck = pool.submit(work(memory));
    assertEquals(MediaRefused.Reason.TIMEOUT, refusal(stuck).reason());
    until(() -> pool.stuckThreads() == 1);
    assertTrue(pool.decodeBytes() > 0);
    pool.submit(work(new Counted())).result().get(20, TimeUnit.SECONDS);
    assertEquals(0, memory.returned.get());
    gate.countDown();
    until(() -> pool.stuckThreads() == 0 && pool.decodeBytes() == 0);
    assertEquals(1, memory.returned.get());
    pool.submit(work(new Counted())).result().get(20, TimeUnit.SECONDS);
  }

  @Test
  void tooManyStuckDecodersEndTheWelcome() throws Exception {
    MediaPool pool = pool(1, 100);
    for (int i = 0; i < STUCK_MAX; i++) {
      assertEquals(
          MediaRefused.Reason.TIMEOUT, refusal(pool.submit(work(new Gated()))).reason());
      int count = i + 1;
      until(() -> pool.stuckThreads() == count);
    }
    var refused = assertThrows(MediaRefused.class, () -> pool.submit(work(new Counted())));
    assertEquals(MediaRefused.Reason.BUSY, refused.reason());
    gate.countDown();
    until(() -> pool.stuckThreads() == 0);
    pool.submit(work(new Counted())).result().get(20, TimeUnit.SECONDS);
  }

  @Test
  void anImageCancelledInItsDecoderGivesBackItsMemory() {
    MediaPool pool = pool(1, 60_000);
    var memory = new Gated();
    Preparation running = submitted(pool, memory);
    until(() -> memory.taken.get() == 1);
    running.cancel();
    assertEquals(MediaRefused.Reason.CANCELLED, refusal(running).reason());
    gate.countDown();
    until(() -> memory.returned.get() == 1);
  }

  private static Preparation submitted(MediaPool pool, PatchMemory memory) {
    try {
      return pool.submit(work(memory));
    } catch (MediaRefused refused) {
      throw new AssertionError(refused);
    }
  }

  @Test
  void withoutMemoryForPatchesTheServerIsBusy() {
    PatchMemory none = new PatchMemory() {
      @Override
      public Optional<MemorySegment> take(long bytes) {
        return Optional.empty();
      }

      @Override
      public void giveBack(MemorySegment patches) {
        throw new AssertionError("nothing was taken");
      }
    };
    assertEquals(
        MediaRefused.Reason.BUSY, refusal(submitted(pool(1, 60_000), none)).reason());
  }

  @Test
  void pixelsOfARequestAreCountedOverItsImages() throws Exception {
    MediaPool pool = pool(1, 60_000);
    ImageWork twice = work(new Counted());
    pool.submit(twice).result().get(20, TimeUnit.SECONDS);
    pool.submit(twice).result().get(20, TimeUnit.SECONDS);
    MediaRefused refused = refusal(pool.submit(twice));
    assertEquals(MediaRefused.Reason.TOO_LARGE, refused.reason());
    assertTrue(refused.getMessage().contains("1000 pixels"), refused.getMessage());
  }

  @Test
  void closingEndsWhatWaitsAndWhatRuns() {
    MediaPool pool = pool(1, 60_000);
    var memory = new Gated();
    Preparation running = submitted(pool, memory);
    until(() -> memory.taken.get() == 1);
    Preparation waiting = submitted(pool, new Counted());
    pool.close();
    assertEquals(MediaRefused.Reason.CANCELLED, refusal(running).reason());
    assertEquals(MediaRefused.Reason.CANCELLED, refusal(waiting).reason());
    assertThrows(MediaRefused.class, () -> pool.submit(work(new Counted())));
  }
}
