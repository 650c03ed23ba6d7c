package io.souffleur.clusterconfig.e2e;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process, as a front, and its rank hold now.
 *
 * @param heapBytes live heap of the front
 * @param frontBytes resident memory of the front
 * @param rankBytes resident anonymous memory of the rank, mapped files left out
 * @param files open files of the front
 * @param threads threads of the front
 */
record Footprint(long heapBytes, long frontBytes, long rankBytes, int files, int threads) {

  static Footprint of(long rankPid) throws IOException {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    memory.gc();
    return new Footprint(
        memory.getHeapMemoryUsage().getUsed(),
        status("self", "VmRSS:"),
        status(Long.toString(rankPid), "RssAnon:"),
        openFiles(),
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  private static long status(String process, String key) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", process, "status"))) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    }
  }

  private static int openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return (int) files.count();
    }
  }
}
