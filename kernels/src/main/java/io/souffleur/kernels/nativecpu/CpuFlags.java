package io.souffleur.kernels.nativecpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which instructions this machine can run, as the Linux kernel reports them. */
record CpuFlags(Set<String> flags, Optional<String> unreadable) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Reads this machine. The kernel lists wide-register flags only if it saves those registers. */
  static CpuFlags ofThisMachine() {
    String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    if (!system.equals("Linux on amd64")) {
      return new CpuFlags(Set.of(), Optional.of("Linux on amd64 (this is " + system + ")"));
    }
    try {
      return parse(Files.readAllLines(CPU_INFO));
    } catch (IOException e) {
      return new CpuFlags(Set.of(), Optional.of("a readable " + CPU_INFO));
    }
  }

  static CpuFlags parse(List<String> cpuInfo) {
    return cpuInfo.stream()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).trim().split("\\s+"))
        .map(words -> new CpuFlags(Set.of(words), Optional.empty()))
        .orElseGet(() -> new CpuFlags(Set.of(), Optional.of("a flags line in " + CPU_INFO)));
  }

  /** What {@code form} needs and this machine lacks; empty when nothing. */
  Optional<String> missingFor(InstructionForm form) {
    if (unreadable.isPresent()) {
      return unreadable;
    }
    List<String> missing =
        form.cpuFlags().stream().filter(f -> !flags.contains(f)).toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("CPU instructions " + String.join(" ", missing));
  }
}
