package io.souffleur.benchmarks.media;

import io.souffleur.multimodal.Downsample;
import io.souffleur.multimodal.PatchWriter;
import io.souffleur.multimodal.RgbImage;
import io.souffleur.multimodal.SlicePlan;
import io.souffleur.multimodal.SliceSettings;
import io.souffleur.multimodal.image.ImageFile;
import io.souffleur.multimodal.image.ImageLimits;
import io.souffleur.multimodal.image.ImageRefused;
import io.souffleur.multimodal.prepare.ContentHash;
import io.souffleur.multimodal.prepare.ImageSettings;
import io.souffleur.multimodal.prepare.ImageWork;
import io.souffleur.multimodal.prepare.MediaPool;
import io.souffleur.multimodal.prepare.Preparation;
import io.souffleur.multimodal.source.MediaLimits;
import io.souffleur.multimodal.source.MediaRefused;
import io.souffleur.multimodal.source.MediaSource;
import io.souffleur.multimodal.source.ServerBudget;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.ExecutionException;

/**
 * Measures the preparation of a JPEG: {@code MediaBenchmark [width] [height] [result file]}.
 *
 * <p>Stages on one thread by its CPU time, the fastest run of each; then whole images through a
 * {@link MediaPool} of one and of two threads, by the clock (the best of several windows) and by the CPU time
 * of the process. On a busy machine only CPU times mean something.
 */
public final class MediaBenchmark {
  private static final int WARM_RUNS = 30;
  private static final int RUNS = 60;
  private static final int WINDOWS = 8;
  private static final int IMAGES_PER_WINDOW = 40;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final ImageSettings SETTINGS =
      new ImageSettings(new SliceSettings(9, 448, 14, true), Downsample.SIXTEEN);
  private static final MediaLimits LIMITS =
      MediaLimits.forHeap(Runtime.getRuntime().maxMemory());
  private static final byte[] TENANT = {};

  private final StringBuilder json = new StringBuilder();

  private MediaBenchmark() {}

  /** One thing to measure. */
  private interface Stage {
    void run() throws ImageRefused, MediaRefused;
  }

  public static void main(String[] args) throws Exception {
    int width = args.length > 0 ? Integer.parseInt(args[0]) : 1280;
    int height = args.length > 1 ? Integer.parseInt(args[1]) : 720;
    var benchmark = new MediaBenchmark();
    benchmark.measure(width, height);
    if (args.length > 2) {
      Files.writeString(Path.of(args[2]), "[\n" + benchmark.json + "\n]\n");
    }
  }

  private void measure(int width, int height) throws Exception {
    byte[] file = Photo.jpeg(width, height);
    RgbImage image = ImageFile.open(file, ImageLimits.DEFAULT).decode();
    SlicePlan plan = SlicePlan.of(image.size(), SETTINGS.slices());
    System.out.printf(
        Locale.ROOT,
        "JPEG of %s, %d bytes, %d patch images, %d patches, %d tokens%n",
        image.size(),
        file.length,
        plan.patchGrids().size(),
        plan.patches(),
        plan.tokens(SETTINGS.downsample()));
    stages(file, image, plan);
    ContentHash expected = ContentHash.ofPixels(image, SETTINGS, TENANT);
    double one = pool(1, file, plan, expected);
    double two = pool(2, file, plan, expected);
    System.out.printf(Locale.ROOT, "two workers are %.2f of one%n", two / one);
  }

  private void stages(byte[] file, RgbImage image, SlicePlan plan)
      throws ImageRefused, MediaRefused {
    String url = "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(file);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment patches = arena.allocate(PatchWriter.bytes(plan));
      stage("base64", () -> MediaSource.parse(url, LIMITS.image().fileBytesMax()));
      stage("outline and header", () -> ImageFile.open(file, ImageLimits.DEFAULT));
      stage("decode", () -> ImageFile.open(file, ImageLimits.DEFAULT).decode());
      stage("hash of pixels", () -> ContentHash.ofPixels(image, SETTINGS, TENANT));
      stage("hash of file", () -> ContentHash.ofFile(file, SETTINGS, TENANT));
      stage("resize and patches", () -> PatchWriter.write(image, plan, patches));
    }
  }

  private void stage(String name, Stage stage) throws ImageRefused, MediaRefused {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < WARM_RUNS + RUNS; i++) {
      long start = threads.getCurrentThreadCpuTime();
      stage.run();
      long nanos = threads.getCurrentThreadCpuTime() - start;
      best = i < WARM_RUNS ? best : Math.min(best, nanos);
    }
    double millis = best / NANOS_PER_MILLI;
    System.out.printf(Locale.ROOT, "%-20s %7.2f ms of CPU%n", name, millis);
    record(name, "cpuMillis", millis);
  }

  /** Images a second in the best window. */
  private double pool(int workers, byte[] file, SlicePlan plan, ContentHash expected)
      throws MediaRefused, InterruptedException, ExecutionException {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double best = 0;
    double leastCpu = Double.MAX_VALUE;
    try (var memory = new PatchShelf(2 * workers, PatchWriter.bytes(plan));
        var pool = new MediaPool(workers, LIMITS).start()) {
      for (int i = 0; i < WINDOWS; i++) {
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        window(pool, memory, file, expected);
        double seconds = (System.nanoTime() - start) / 1e9;
        best = Math.max(best, IMAGES_PER_WINDOW / seconds);
        double cpuMillis = (system.getProcessCpuTime() - cpu) / NANOS_PER_MILLI;
        leastCpu = Math.min(leastCpu, cpuMillis / IMAGES_PER_WINDOW);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d workers: %.1f images/s, %.1f ms of CPU an image%n",
        workers,
        best,
        leastCpu);
    record(workers + " workers", "imagesPerSecond", best);
    record(workers + " workers", "cpuMillisPerImage", leastCpu);
    return best;
  }

  private static void window(MediaPool pool, PatchShelf memory, byte[] file, ContentHash expected)
      throws MediaRefused, InterruptedException, ExecutionException {
    var pending = new ArrayDeque<Preparation>();
    for (int sent = 0; sent < IMAGES_PER_WINDOW || !pending.isEmpty(); ) {
      if (sent < IMAGES_PER_WINDOW && pending.size() < memory.shelves()) {
        var budget = new ServerBudget(LIMITS).open();
        pending.add(pool.submit(new ImageWork(file, SETTINGS, TENANT, memory, budget)));
        sent++;
        continue;
      }
      var prepared = pending.remove().result().get();
      memory.giveBack(prepared.patches());
      if (!prepared.hash().equals(expected)) {
        throw new IllegalStateException("the pool prepared another image: " + prepared.hash());
      }
    }
  }

  private void record(String name, String unit, double value) {
    json.append(json.isEmpty() ? "" : ",\n")
        .append(
            String.format(Locale.ROOT, "  {\"name\": \"%s\", \"%s\": %.3f}", name, unit, value));
  }
}
