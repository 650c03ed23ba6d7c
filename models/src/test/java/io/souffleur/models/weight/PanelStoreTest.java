package io.souffleur.models.weight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.models.Progress;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PanelStoreTest {
  @TempDir
  Path folder;

  private final AtomicInteger fills = new AtomicInteger();

  private List<PanelSpec> specs() {
    return List.of(spec("a", 64, 1), spec("b", 6400, 2));
  }

  private PanelSpec spec(String name, long bytes, int value) {
    return new PanelSpec(name, bytes, block -> {
      fills.incrementAndGet();
      block.fill((byte) value);
    });
  }

  private Panels open(String key) throws IOException {
    return PanelStore.inFolder(folder).open(key, specs(), Progress.NONE);
  }

  private static int first(Panels panels, String block) {
    return panels.block(block).get(ValueLayout.JAVA_BYTE, 0);
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> p.toString().endsWith(suffix)).toList();
    }
  }

  @Test
  void secondOpenOnlyMaps() throws IOException {
    open("key").close();
    assertEquals(2, fills.get());
    try (Panels panels = open("key")) {
      assertEquals(2, fills.get());
      assertEquals(1, first(panels, "a"));
      assertEquals(2, first(panels, "b"));
      assertEquals(0, panels.block("b").address() % 64);
      assertTrue(panels.block("b").isReadOnly());
    }
  }

  @Test
  void anotherKeyOrAnotherListOfBlocksIsAnotherFile() throws IOException {
    open("key").close();
    open("other").close();
    assertEquals(4, fills.get());
    PanelStore.inFolder(folder)
        .open("key", List.of(spec("a", 64, 1)), Progress.NONE)
        .close();
    assertEquals(5, fills.get());
    assertEquals(3, files(".panels").size());
  }

  @Test
  void aSpoiledFileIsWrittenAgain() throws IOException {
    open("key").close();
    Path file = files(".panels").getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[20] ^= 1;
    Files.write(file, bytes);
    open("key").close();
    assertEquals(4, fills.get());
    Files.write(file, new byte[10]);
    try (Panels panels = open("key")) {
      assertEquals(6, fills.get());
      assertEquals(2, first(panels, "b"));
    }
  }

  @Test
  void aFailedFillLeavesNothingBehind() throws IOException {
    var failing = List.of(new PanelSpec("a", 64, block -> {
      throw new IOException("disk on fire");
    }));
    var store = PanelStore.inFolder(folder);
    assertThrows(IOException.class, () -> store.open("key", failing, Progress.NONE));
    assertEquals(List.of(), files(".panels"));
    assertEquals(List.of(), files(".part"));
  }

  @Test
  void writersAtTheSameTimeAllGetWholeBlocks() throws Exception {
    try (var pool = Executors.newFixedThreadPool(4)) {
      List<Callable<Integer>> openings = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        openings.add(() -> {
          try (Panels panels = open("key")) {
            return first(panels, "a") + first(panels, "b");
          }
        });
      }
      for (Future<Integer> opening : pool.invokeAll(openings)) {
        assertEquals(3, opening.get());
      }
    }
    assertEquals(1, files(".panels").size());
    assertEquals(List.of(), files(".part"));
  }

  @Test
  void keepsOnlyTheFilesOpenedLast() throws IOException {
    for (int i = 0; i < PanelFolder.FILES_MAX + 3; i++) {
      open("key" + i).close();
    }
    assertEquals(PanelFolder.FILES_MAX, files(".panels").size());
    int before = fills.get();
    open("key" + (PanelFolder.FILES_MAX + 2)).close();
    assertEquals(before, fills.get());
  }

  @Test
  void removesUnfinishedFilesOfTheDeadButNotOfTheLiving() throws IOException {
    Files.createDirectories(folder);
    Path old = Files.write(folder.resolve("x.part"), new byte[1]);
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
    Path young = Files.write(folder.resolve("y.part"), new byte[1]);
    open("key").close();
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(young));
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[1]);
    var store = PanelStore.inFolder(file.resolve("cache"));
    String message = assertThrows(
            IOException.class, () -> store.open("key", specs(), Progress.NONE))
        .getMessage();
    assertTrue(message.contains(file.resolve("cache").toString()), message);
    assertTrue(message.contains("packed weights"), message);
  }

  @Test
  void progressEndsAtTheTotal() throws IOException {
    for (var store : List.of(PanelStore.inFolder(folder), PanelStore.inMemory())) {
      List<Long> seen = new ArrayList<>();
      store
          .open("key", specs(), (done, total) -> {
            assertEquals(6464, total);
            seen.add(done);
          })
          .close();
      assertEquals(64, seen.getFirst());
      assertEquals(6464, seen.getLast());
    }
  }

  @Test
  void remembersDigestsUntilAFileChanges() throws IOException {
    Path file = Files.writeString(folder.resolve("weights"), "one");
    DigestMemory digests = PanelStore.inFolder(folder.resolve("cache")).digests();
    assertTrue(digests.recall(file).isEmpty());
    digests.remember(file, "d".repeat(64));
    assertEquals("d".repeat(64), digests.recall(file).orElseThrow());
    FileTime modified = Files.getLastModifiedTime(file);
    Files.writeString(file, "two");
    Files.setLastModifiedTime(file, modified);
    assertTrue(digests.recall(file).isEmpty());
  }
}
