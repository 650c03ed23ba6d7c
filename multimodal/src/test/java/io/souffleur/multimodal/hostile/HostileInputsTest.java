package io.souffleur.multimodal.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.multimodal.Downsample;
import io.souffleur.multimodal.SliceSettings;
import io.souffleur.multimodal.image.ImageLimits;
import io.souffleur.multimodal.prepare.ImageSettings;
import io.souffleur.multimodal.prepare.MediaIntake;
import io.souffleur.multimodal.prepare.MediaPool;
import io.souffleur.multimodal.prepare.PatchMemory;
import io.souffleur.multimodal.prepare.PreparedImage;
import io.souffleur.multimodal.source.AllowList;
import io.souffleur.multimodal.source.DecodeLimits;
import io.souffleur.multimodal.source.FetchLimits;
import io.souffleur.multimodal.source.FetchMode;
import io.souffleur.multimodal.source.FetchSettings;
import io.souffleur.multimodal.source.HostResolver;
import io.souffleur.multimodal.source.LocalFiles;
import io.souffleur.multimodal.source.MediaFetcher;
import io.souffleur.multimodal.source.MediaLimits;
import io.souffleur.multimodal.source.MediaLoader;
import io.souffleur.multimodal.source.MediaRefused;
import io.souffleur.multimodal.source.RequestLimits;
import io.souffleur.multimodal.source.ServerBudget;
import io.souffleur.multimodal.source.ServerLimits;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What strangers may send, all the way from the text of the request to the patches. */
class HostileInputsTest {
  private static final int ROWS_MIN = 150;
  private static final int SECONDS_PER_ROW = 20;
  private static final long HEAP_GROWTH_MAX = 8 << 20;
  private static final int MIB = 1024 * 1024;
  private static final ImageSettings SETTINGS =
      new ImageSettings(new SliceSettings(9, 448, 14, true), Downsample.SIXTEEN);

  private static final MediaLimits LIMITS = new MediaLimits(
      new ImageLimits(4 * MIB, 50_000_000, 32_768, 100),
      4 * MIB,
      new RequestLimits(4, 8 * MIB, 60_000_000, 4),
      new ServerLimits(64 * MIB, 256 * MIB, 32, 64),
      new FetchLimits(
          3, 3, 16 * 1024, Duration.ofSeconds(4), Duration.ofSeconds(4), Duration.ofSeconds(4)),
      new DecodeLimits(Duration.ofSeconds(4), 2));

  private static final PatchMemory HEAP = new PatchMemory() {
    @Override
    public Optional<MemorySegment> take(long bytes) {
      return Optional.of(Arena.ofAuto().allocate(bytes));
    }

    @Override
    public void giveBack(MemorySegment patches) {}
  };

  private final CountDownLatch end = new CountDownLatch(1);
  private final ServerBudget budget = new ServerBudget(LIMITS);
  private final ScriptedServer server = new ScriptedServer(ServerSocketFactory.getDefault());
  private final MediaPool pool = new MediaPool(2, LIMITS).start();

  @TempDir
  private Path temporary;

  private MediaFetcher fetcher;
  private MediaIntake intake;
  private Path folder;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createDirectory(temporary.resolve("allowed"));
    fill(folder, temporary);
    var allow = AllowList.parse(List.of("media.test:" + server.port()));
    fetcher = new MediaFetcher(
        new FetchSettings(FetchMode.PUBLIC, allow, LIMITS.fetch()),
        resolver(),
        SSLContext.getDefault());
    intake =
        new MediaIntake(new MediaLoader(LIMITS, fetcher, LocalFiles.below(folder)), pool, budget);
  }

  private static void fill(Path folder, Path outside) throws IOException, InterruptedException {
    Path secret = Files.write(outside.resolve("secret.png"), Pictures.sound("rgb.png"));
    Files.write(folder.resolve("sound.png"), Pictures.sound("rgb.png"));
    Files.createDirectory(folder.resolve("folder.png"));
    Files.createSymbolicLink(folder.resolve("link.png"), secret);
    Files.createSymbolicLink(folder.resolve("device.png"), Path.of("/dev/zero"));
    Files.createSymbolicLink(folder.resolve("loop.png"), folder.resolve("loop.png"));
    Files.createSymbolicLink(folder.resolve("outside"), outside);
    Files.write(folder.resolve("large.png"), new byte[LIMITS.image().fileBytesMax() + 1]);
    Files.createFile(folder.resolve("empty.png"));
    Files.writeString(folder.resolve("html.png"), "<html>");
    try (var sparse = new RandomAccessFile(folder.resolve("sparse.png").toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    new ProcessBuilder("mkfifo", folder.resolve("pipe.png").toString()).start().waitFor();
  }

  private static HostResolver resolver() {
    var turns = new AtomicInteger();
    Map<String, List<String>> known = Map.of(
        "media.test", List.of("127.0.0.1"),
        "loopback.test", List.of("127.0.0.1"),
        "private.test", List.of("10.1.2.3"),
        "metadata.test", List.of("169.254.169.254"),
        "mapped.test", List.of("::ffff:192.168.0.1"),
        "unique-local.test", List.of("fd00::7"),
        "mixed.test", List.of("93.184.215.14", "192.168.0.1"),
        "empty.test", List.of());
    return host -> {
      if (host.equals("broken.test")) {
        throw new IllegalStateException("the resolver broke");
      }
      if (host.equals("turning.test")) {
        return List.of(
            InetAddress.ofLiteral(turns.getAndIncrement() > 0 ? "127.0.0.1" : "10.0.0.1"));
      }
      List<String> addresses = known.get(host);
      if (addresses == null) {
        throw new UnknownHostException(host);
      }
      return addresses.stream().map(InetAddress::ofLiteral).toList();
    };
  }

  @AfterEach
  void stop() throws IOException {
    end.countDown();
    pool.close();
    fetcher.close();
    server.close();
    for (String link : List.of("link.png", "device.png", "loop.png", "outside")) {
      Files.delete(folder.resolve(link));
    }
  }

  @TestFactory
  Stream<DynamicTest> eachIsRefusedInTimeAndNothingIsLeft() throws Exception {
    var servers = new HostileServers(server, "media.test");
    List<Row> rows = Stream.of(
            HostileTexts.rows(folder), HostileFiles.rows(), servers.quick().stream())
        .flatMap(Function.identity())
        .toList();
    List<Row> slow = servers.slow(end);
    String canary = canary();
    long heap = heapBytes();
    Stream<DynamicTest> table =
        rows.stream().map(row -> DynamicTest.dynamicTest(row.name(), () -> refused(row)));
    return Stream.of(
            table,
            Stream.of(DynamicTest.dynamicTest("slow servers at once", () -> refusedAtOnce(slow))),
            Stream.of(
                DynamicTest.dynamicTest("the rows have names of their own and are many", () -> {
                  assertTrue(rows.size() + slow.size() >= ROWS_MIN, rows.size() + " rows");
                  assertEquals(
                      rows.size(), rows.stream().map(Row::name).distinct().count());
                }),
                DynamicTest.dynamicTest(
                    "a sound picture is as before", () -> assertEquals(canary, canary())),
                DynamicTest.dynamicTest("nothing is held", this::assertNothingIsHeld),
                DynamicTest.dynamicTest("the heap is as before", () -> assertHeapIsNear(heap))))
        .flatMap(Function.identity());
  }

  private CompletableFuture<PreparedImage> sent(Row row) {
    var request = intake.open(Pictures.text("tenant"));
    return request
        .image(row.source(), SETTINGS, HEAP)
        .whenComplete((image, refused) -> request.close());
  }

  private void refused(Row row) {
    check(row, sent(row));
  }

  private void refusedAtOnce(List<Row> rows) {
    Map<Row, CompletableFuture<PreparedImage>> sent =
        rows.stream().collect(Collectors.toMap(Function.identity(), this::sent));
    sent.forEach(HostileInputsTest::check);
  }

  private static void check(Row row, CompletableFuture<PreparedImage> sent) {
    var failed = assertThrows(
        ExecutionException.class, () -> sent.get(SECONDS_PER_ROW, TimeUnit.SECONDS), row.name());
    var refused = assertInstanceOf(MediaRefused.class, failed.getCause(), row.name());
    assertTrue(
        row.reasons().contains(refused.reason()),
        row.name() + ": " + refused.reason() + ", " + refused.getMessage());
    int status = refused.reason().httpStatus();
    assertTrue(status >= 400 && status < 500, row.name() + ": " + status);
    String words = refused.getMessage();
    assertTrue(words.length() > 10 && words.length() < 400, words);
    assertFalse(words.contains("hunter2") || words.contains("iVBO"), words);
    assertFalse(words.contains("secret"), words);
  }

  /** Hash and patches of a sound picture, and of one that another decoder reads. */
  private String canary() throws Exception {
    return String.join(" ", canary("rgb.png"), canary("baseline.jpg"), canary("lossless.webp"));
  }

  private String canary(String name) throws Exception {
    PreparedImage image = sent(Row.file(name, Pictures.sound(name))).get(20, TimeUnit.SECONDS);
    byte[] patches = image.patches().toArray(ValueLayout.JAVA_BYTE);
    return image.hash() + "/" + Arrays.hashCode(patches);
  }

  private void assertNothingIsHeld() {
    until(() -> budget.bytesHeld() == 0 && pool.decodeBytes() == 0 && pool.waiting() == 0);
    assertEquals(0, budget.bytesHeld());
    assertEquals(0, pool.decodeBytes());
    assertEquals(0, pool.waiting());
    assertEquals(0, pool.stuckThreads());
    assertEquals(0, pool.faults());
  }

  private static long heapBytes() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static void assertHeapIsNear(long before) {
    until(() -> heapBytes() <= before + HEAP_GROWTH_MAX);
    assertTrue(heapBytes() <= before + HEAP_GROWTH_MAX, heapBytes() + " bytes, before " + before);
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Odd files that are pictures all the same: they show what their first bytes promise. */
  @Test
  void whatIsHarmlessIsDecodedAsIfTheOddityWereNotThere() throws Exception {
    byte[] png = Pictures.sound("rgb.png");
    byte[] jpeg = Pictures.sound("baseline.jpg");
    String seen = canary("rgb.png");
    assertEquals(seen, shown(Pictures.join(png, Pictures.text("<html>")), png));
    assertEquals(seen, shown(Pictures.join(png, Pictures.text("PK\3\4")), png));
    assertEquals(
        canary("baseline.jpg"), shown(Pictures.jpegWith(Pictures.exif(hugeEntry())), jpeg));
    assertEquals(canary("baseline.jpg"), shown(Pictures.join(jpeg, new byte[1000]), jpeg));
    byte[] plain = LosslessWebp.plain(300, 200);
    assertEquals(shown(plain, png), shown(LosslessWebp.passes(300, 200, 3), plain));
    assertEquals(
        canary("baseline.jpg"), shown(Pictures.jpegWith(Pictures.bytes(0xff, 0xe5, 0, 0)), jpeg));
  }

  /** An EXIF entry of two thousand million numbers. */
  private static byte[] hugeEntry() {
    return Pictures.join(Pictures.bytes(0x01, 0x11, 0, 4), Pictures.big(Integer.MAX_VALUE / 4, 8));
  }

  private String shown(byte[] odd, byte[] sound) throws Exception {
    assertFalse(Arrays.equals(odd, sound));
    PreparedImage image = sent(Row.file("odd", odd)).get(20, TimeUnit.SECONDS);
    return image.hash() + "/" + Arrays.hashCode(image.patches().toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void soundSourcesOfEveryFormArePrepared() throws Exception {
    String seen = canary("rgb.png");
    byte[] png = Pictures.sound("rgb.png");
    server.on("/a.png", ScriptedServer.answer("HTTP/1.1 200 OK\r\nContent-Type: text/html", png));
    server.on("/to", ScriptedServer.answer("HTTP/1.1 302 Found\r\nLocation: a.png", new byte[0]));
    String origin = "http://media.test:" + server.port();
    for (String source : List.of(
        origin + "/a.png",
        origin + "/to?x=y#part",
        folder + "/sound.png",
        "sound.png",
        "file://" + folder + "/sound.png")) {
      PreparedImage image = sent(Row.text("sound", source)).get(20, TimeUnit.SECONDS);
      assertEquals(
          seen,
          image.hash() + "/" + Arrays.hashCode(image.patches().toArray(ValueLayout.JAVA_BYTE)),
          source);
    }
  }
}
