package io.souffleur.clusterconfig.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  @TempDir
  private Path root;

  private Map<String, String> report() {
    return new Machine(new SystemFiles(root))
        .findings().stream().collect(Collectors.toMap(Finding::topic, Finding::text));
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void namesCpuAndTheFeaturesThatKernelsUse() throws IOException {
    write("proc/cpuinfo", """
        processor\t: 0
        model name\t: Some CPU 9000
        flags\t\t: fpu avx2 fma avx512f avx512_bf16 rdrand
        """);
    assertTrue(report().get("CPU").startsWith("Some CPU 9000, "));
    assertEquals("avx2 fma avx512f avx512_bf16", report().get("CPU features"));
  }

  @Test
  void readsTheChosenWordOfHugePages() throws IOException {
    write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    write("sys/kernel/mm/transparent_hugepage/shmem_enabled", "always [never] deny\n");
    write("proc/meminfo", "MemAvailable:    2048 kB\nHugePages_Total:       3\n");
    assertEquals(
        "transparent madvise, in shared memory never, reserved 3", report().get("Huge pages"));
    assertTrue(report().get("Memory").endsWith(", 2.00 MiB available"), report().get("Memory"));
  }

  @Test
  void tellsFreeSharedMemory() throws IOException {
    Files.createDirectories(root.resolve("dev/shm"));
    assertTrue(report().get("Shared memory").contains(" free of "));
  }

  @Test
  void saysSoWhenTheSystemTellsNothing() {
    assertEquals("not told by the system", report().get("CPU features"));
    assertEquals("not told by the system", report().get("Huge pages"));
    assertTrue(report().get("Shared memory").contains("files go to"));
  }
}
