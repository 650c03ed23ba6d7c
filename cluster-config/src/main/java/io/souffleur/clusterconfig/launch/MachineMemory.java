package io.souffleur.clusterconfig.launch;

import com.sun.management.OperatingSystemMXBean;
import io.souffleur.scheduler.MemoryBudget;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What this machine or container has of memory now. */
final class MachineMemory {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";

  private MachineMemory() {}

  /** @param storeFolder where cache files will lie */
  static MemoryBudget withStoresIn(Path storeFolder) throws IOException {
    return budget(Files.getFileStore(storeFolder).getUsableSpace());
  }

  static MemoryBudget withStoresInProcess() throws IOException {
    return budget(MemoryBudget.UNBOUNDED);
  }

  /** The JVM knows most limits of containers, but not how much of them is used. */
  private static MemoryBudget budget(long storeFreeBytes) throws IOException {
    long total = system().getTotalMemorySize();
    long available = Math.min(total, availableBytes());
    Optional<ContainerMemory> container = ContainerMemory.measure();
    if (container.isPresent()) {
      total = Math.min(total, container.get().limitBytes());
      available = Math.min(available, container.get().freeBytes());
    }
    return new MemoryBudget(total, available, storeFreeBytes);
  }

  /** Free memory and what the kernel would give up for us; only free memory where that is not told. */
  private static long availableBytes() throws IOException {
    if (!Files.isReadable(MEMINFO)) {
      return system().getFreeMemorySize();
    }
    try (Stream<String> lines = Files.lines(MEMINFO)) {
      return lines
          .filter(line -> line.startsWith(AVAILABLE))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseGet(() -> system().getFreeMemorySize());
    }
  }

  private static OperatingSystemMXBean system() {
    return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }
}
