package io.souffleur.clusterconfig.launch;

import com.sun.management.OperatingSystemMXBean;
import io.souffleur.scheduler.MemoryBudget;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this machine or container has of memory now. */
final class MachineMemory {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";

  private MachineMemory() {}

  /** @param storeFolder where cache files will lie */
  static MemoryBudget withStoresIn(Path storeFolder) throws IOException {
    return new MemoryBudget(
        totalBytes(), availableBytes(), Files.getFileStore(storeFolder).getUsableSpace());
  }

  static MemoryBudget withStoresInProcess() throws IOException {
    return new MemoryBudget(totalBytes(), availableBytes(), MemoryBudget.UNBOUNDED);
  }

  /** The JVM knows the limit of a container. */
  private static long totalBytes() {
    return system().getTotalMemorySize();
  }

  /** Free memory and what the kernel would give up for us; only free memory where that is not told. */
  private static long availableBytes() throws IOException {
    if (!Files.isReadable(MEMINFO)) {
      return system().getFreeMemorySize();
    }
    try (Stream<String> lines = Files.lines(MEMINFO)) {
      long bytes = lines
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseGet(() -> system().getFreeMemorySize());
      return Math.min(bytes, totalBytes());
    }
  }

  private static OperatingSystemMXBean system() {
    return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }
}
