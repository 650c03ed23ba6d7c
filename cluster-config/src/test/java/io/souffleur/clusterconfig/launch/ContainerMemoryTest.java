package io.souffleur.clusterconfig.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerMemoryTest {
  @TempDir
  Path folder;

  private Path groups;
  private Path own;

  @BeforeEach
  void mount() throws IOException {
    groups = Files.createDirectory(folder.resolve("cgroup"));
    own = folder.resolve("self");
    Files.writeString(own, "1:cpu:/x\n0::/pod/box\n");
  }

  private void group(String path, String max, long current, long inactive) throws IOException {
    Path group = Files.createDirectories(groups.resolve(path));
    Files.writeString(group.resolve("memory.max"), max + "\n");
    Files.writeString(group.resolve("memory.current"), current + "\n");
    Files.writeString(
        group.resolve("memory.stat"), "anon 5\nactive_file 7\ninactive_file " + inactive + "\n");
  }

  private Optional<ContainerMemory> measured() throws IOException {
    return ContainerMemory.measure(groups, own);
  }

  @Test
  void countsCachedFilesAsFree() throws IOException {
    group("pod/box", "1000", 700, 200);

    assertEquals(Optional.of(new ContainerMemory(1_000, 500)), measured());
  }

  @Test
  void theTightestGroupAroundCounts() throws IOException {
    group("pod/box", "max", 700, 0);
    group("pod", "2000", 1_900, 0);
    assertEquals(Optional.of(new ContainerMemory(2_000, 100)), measured());

    group("pod/box", "500", 100, 0);
    assertEquals(Optional.of(new ContainerMemory(500, 100)), measured());
  }

  @Test
  void aGroupAboveItsLimitHasNothingFree() throws IOException {
    group("pod/box", "1000", 1_200, 0);

    assertEquals(0, measured().orElseThrow().freeBytes());
  }

  @Test
  void withoutLimitsThereIsNothingToSay() throws IOException {
    group("pod/box", "max", 1, 1);
    assertEquals(Optional.empty(), measured());

    Files.writeString(own, "4:memory:/old\n");
    assertEquals(Optional.empty(), measured());
    assertEquals(Optional.empty(), ContainerMemory.measure(groups, folder.resolve("nowhere")));
  }
}
