package io.souffleur.benchmarks.kernels;

import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.WeightForm;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Measures the kernels: {@code KernelBenchmark [provider] [threads] [name filter] [result file]}.
 *
 * <p>The fastest group of calls counts, because other work on a shared machine only ever slows a
 * group down.
 */
public final class KernelBenchmark {
  private static final long CASE_NANOS = 400_000_000;
  private static final long GROUP_NANOS = 200_000;

  private KernelBenchmark() {}

  public static void main(String[] args) throws IOException {
    String provider = args.length > 0 ? args[0] : KernelProviders.AUTO;
    int threads = args.length > 1 ? Integer.parseInt(args[1]) : 2;
    String filter = args.length > 2 ? args[2] : "";
    StringBuilder json = new StringBuilder();
    try (Kernels kernels = KernelProviders.choose(provider).open(threads)) {
      System.out.println(kernels.fingerprint() + ", " + threads + " threads");
      for (Function<Arena, KernelCase> factory : cases(kernels)) {
        try (Arena arena = Arena.ofShared()) {
          KernelCase kernelCase = factory.apply(arena);
          if (kernelCase.name().contains(filter)) {
            double seconds = best(kernelCase, kernels);
            System.out.println(line(kernelCase, seconds));
            json.append(json.isEmpty() ? "" : ",\n").append(record(kernelCase, seconds));
          }
        }
      }
      if (args.length > 3) {
        Files.writeString(Path.of(args[3]), document(kernels, threads, json));
      }
    }
  }

  private static List<Function<Arena, KernelCase>> cases(Kernels kernels) {
    List<Function<Arena, KernelCase>> cases = new ArrayList<>();
    for (WeightForm form : new WeightForm[] {WeightForm.BF16, WeightForm.F32}) {
      for (int rows : new int[] {1, 2, 4, 8, 16, 64, 512}) {
        cases.add(arena -> new LinearCase(arena, kernels, form, rows, 8224, 1024, false));
        cases.add(arena -> new LinearCase(arena, kernels, form, rows, 1024, 3584, true));
      }
      cases.add(arena -> new LinearCase(arena, kernels, form, 512, 4096, 4096, false));
    }
    for (int rows : new int[] {1, 16, 512}) {
      for (DeltaCase.Part part : DeltaCase.Part.values()) {
        cases.add(arena -> new DeltaCase(arena, part, 1, rows));
      }
    }
    for (int markEvery : new int[] {256, 64}) {
      cases.add(arena -> new DeltaCase(arena, DeltaCase.Part.CONVOLUTION, 1, 512, markEvery));
      cases.add(arena -> new DeltaCase(arena, DeltaCase.Part.RECURRENCE, 1, 512, markEvery));
    }
    cases.add(arena -> new DeltaCase(arena, DeltaCase.Part.RECURRENCE, 16, 1));
    cases.add(arena -> new AttentionCase(arena, 1, 0, 512));
    cases.add(arena -> new AttentionCase(arena, 1, 4096, 512));
    cases.add(arena -> new AttentionCase(arena, 1, 128, 1));
    cases.add(arena -> new AttentionCase(arena, 1, 4096, 1));
    cases.add(arena -> new AttentionCase(arena, 16, 2048, 1));
    cases.add(arena -> new SampleCase(arena, "greedy", 1, 0f, 1f, 0));
    cases.add(arena -> new SampleCase(arena, "temperature", 1, 0.7f, 1f, 0));
    cases.add(arena -> new SampleCase(arena, "top-k top-p", 1, 0.7f, 0.9f, 50));
    cases.add(arena -> new SampleCase(arena, "top-p", 16, 0.7f, 0.9f, 0));
    return cases;
  }

  /** Seconds of one call in the fastest group of calls; short groups slip between disturbances. */
  private static double best(KernelCase kernelCase, Kernels kernels) {
    double best = Double.POSITIVE_INFINITY;
    long end = System.nanoTime() + CASE_NANOS;
    int calls = 1;
    long start = System.nanoTime();
    while (start < end) {
      long from = clock(kernels);
      for (int i = 0; i < calls; i++) {
        kernelCase.run(kernels);
      }
      best = Math.min(best, (clock(kernels) - from) * 1e-9 / calls);
      calls = (int) Math.clamp(GROUP_NANOS * 1e-9 / best, 1, 10_000);
      start = System.nanoTime();
    }
    return best;
  }

  /** With one thread its CPU time, which does not count time given to others; else the clock. */
  private static long clock(Kernels kernels) {
    return kernels.threads() == 1
        ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private static String line(KernelCase kernelCase, double seconds) {
    return String.format(
        Locale.ROOT,
        "%-44s %10.1f us %8.1f GFLOP/s %7.1f GB/s",
        kernelCase.name(),
        seconds * 1e6,
        kernelCase.operations() / seconds * 1e-9,
        kernelCase.bytes() / seconds * 1e-9);
  }

  private static String record(KernelCase kernelCase, double seconds) {
    return String.format(
        Locale.ROOT,
        "    {\"case\": \"%s\", \"micros\": %.2f, \"gflops\": %.1f, \"gbytesPerSecond\": %.1f}",
        kernelCase.name(),
        seconds * 1e6,
        kernelCase.operations() / seconds * 1e-9,
        kernelCase.bytes() / seconds * 1e-9);
  }

  private static String document(Kernels kernels, int threads, CharSequence records)
      throws IOException {
    String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
        .filter(l -> l.startsWith("model name"))
        .findFirst()
        .map(l -> l.substring(l.indexOf(':') + 2))
        .orElse("unknown");
    return String.format(
        Locale.ROOT,
        "{\n  \"measured\": \"%s\",\n  \"kernels\": \"%s\",\n  \"threads\": %d,\n  \"cpu\": \"%s\",\n"
            + "  \"processors\": %d,\n  \"jvm\": \"%s\",\n  \"rule\": \"fastest group of calls in %d ms\",\n"
            + "  \"results\": [\n%s\n  ]\n}\n",
        Instant.now(),
        kernels.fingerprint(),
        threads,
        cpu,
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.version"),
        CASE_NANOS / 1_000_000,
        records);
  }
}
