package io.souffleur.clusterconfig.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** JDK, CPU and memory of this machine. */
final class Machine {
  /** CPU features that kernel sets are chosen by, as Linux spells them. */
  private static final List<String> FEATURES = List.of(
      "avx2",
      "fma",
      "f16c",
      "avx512f",
      "avx512bw",
      "avx512_vnni",
      "avx512_bf16",
      "amx_bf16",
      "asimd",
      "bf16",
      "i8mm",
      "sve");

  private final SystemFiles files;

  Machine(SystemFiles files) {
    this.files = files;
  }

  List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    found.add(new Finding("Java", java()));
    found.add(new Finding(
        "System",
        System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
            + System.getProperty("os.arch")));
    found.add(new Finding("CPU", cpu()));
    found.add(new Finding("CPU features", features()));
    found.add(new Finding("Memory", memory()));
    found.add(new Finding("Shared memory", sharedMemory()));
    found.add(new Finding("Huge pages", hugePages()));
    return found;
  }

  private static String java() {
    return Runtime.version() + ", " + System.getProperty("java.vm.name") + " by "
        + System.getProperty("java.vendor") + ", heap up to "
        + Bytes.text(Runtime.getRuntime().maxMemory());
  }

  private String cpu() {
    String name = files
        .value("proc/cpuinfo", "model name")
        .or(() -> files.value("proc/cpuinfo", "CPU part").map(part -> "part " + part))
        .orElse("model not told by the system");
    int usable = Runtime.getRuntime().availableProcessors();
    return name + ", " + usable + (usable == 1 ? " core" : " cores") + " usable";
  }

  private String features() {
    Optional<String> line =
        files.value("proc/cpuinfo", "flags").or(() -> files.value("proc/cpuinfo", "Features"));
    if (line.isEmpty()) {
      return "not told by the system";
    }
    Set<String> all = Arrays.stream(line.get().split(" ")).collect(Collectors.toSet());
    String known = FEATURES.stream().filter(all::contains).collect(Collectors.joining(" "));
    return known.isEmpty() ? "none that a kernel set uses" : known;
  }

  /** Total is what a container may use; the JVM knows its limit. */
  private String memory() {
    long total =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    OptionalLong free = files.memory("MemAvailable");
    return Bytes.text(total)
        + (free.isPresent()
            ? ", " + Bytes.text(Math.min(free.getAsLong(), total)) + " available"
            : "");
  }

  private String sharedMemory() {
    Path folder = files.root().resolve("dev/shm");
    if (!Files.isDirectory(folder)) {
      return "no " + folder + "; files go to " + System.getProperty("java.io.tmpdir");
    }
    try {
      FileStore store = Files.getFileStore(folder);
      String text = folder + ", " + Bytes.text(store.getUsableSpace()) + " free of "
          + Bytes.text(store.getTotalSpace());
      return Files.isWritable(folder) ? text : text + ", but not writable";
    } catch (IOException e) {
      return folder + " cannot be read: " + e.getMessage();
    }
  }

  private String hugePages() {
    String folder = "sys/kernel/mm/transparent_hugepage/";
    Optional<String> anonymous = files.text(folder + "enabled").flatMap(Machine::selected);
    if (anonymous.isEmpty()) {
      return "not told by the system";
    }
    String shared =
        files.text(folder + "shmem_enabled").flatMap(Machine::selected).orElse("none");
    OptionalLong reserved = files.memory("HugePages_Total");
    return String.format(
        Locale.ROOT,
        "transparent %s, in shared memory %s, reserved %d",
        anonymous.get(),
        shared,
        reserved.orElse(0));
  }

  /** The word in brackets of {@code always [madvise] never}. */
  private static Optional<String> selected(String line) {
    int open = line.indexOf('[');
    int close = line.indexOf(']', open + 1);
    return open < 0 || close < 0 ? Optional.empty() : Optional.of(line.substring(open + 1, close));
  }
}
