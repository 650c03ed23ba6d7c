package io.souffleur.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  @TempDir
  Path parent;

  /** The other server: makes a run directory, prints its path and waits to be killed. */
  static final class OtherServer {
    private OtherServer() {}

    public static void main(String[] arguments) throws IOException {
      RunDirectory run = RunDirectory.create(Path.of(arguments[0]));
      Files.writeString(run.file("kv-cache"), "a prompt");
      Files.createDirectories(run.driverDirectory());
      System.out.println(run.path());
      while (System.in.read() >= 0) {}
    }
  }

  @Test
  void isPrivateToItsUser() throws IOException {
    try (RunDirectory run = RunDirectory.create(parent)) {
      assertEquals("rwx------", mode(run.path()));
      assertEquals("rw-------", mode(run.file("lock")));
    }
  }

  @Test
  void isGoneAfterCloseWithAllItsFiles() throws IOException {
    RunDirectory run = RunDirectory.create(parent);
    Files.createDirectories(run.driverDirectory().resolve("logs"));
    Files.writeString(run.driverDirectory().resolve("logs/x"), "x");

    run.close();
    run.close();

    assertTrue(list().isEmpty());
  }

  @Test
  void twoRunsOfOneProcessDoNotSweepEachOther() throws IOException {
    try (RunDirectory first = RunDirectory.create(parent);
        RunDirectory second = RunDirectory.create(parent)) {
      assertTrue(Files.exists(first.path()) && Files.exists(second.path()));
    }
  }

  @Test
  void aLivingNeighbourIsLeftAloneAndADeadOneIsRemoved() throws Exception {
    Process other = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xint",
            "-cp",
            System.getProperty("java.class.path"),
            OtherServer.class.getName(),
            parent.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try {
      Path left = Path.of(other.inputReader().readLine());
      RunDirectory.create(parent).close();
      assertTrue(Files.exists(left.resolve("kv-cache")));
      assertFalse(RunDirectory.removeIfOrphaned(left));

      other.destroyForcibly();
      assertTrue(other.waitFor(10, TimeUnit.SECONDS));

      try (RunDirectory mine = RunDirectory.create(parent)) {
        assertEquals(List.of(mine.path()), list());
      }
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void aNotedProcessIsEndedOnlyIfItsCommandNamesTheDirectory() throws Exception {
    Path dead = Files.createDirectory(parent.resolve("souffleur-dead-run"));
    Files.createFile(dead.resolve("lock"));
    Process rank = new ProcessBuilder("sh", "-c", "read word", dead.toString()).start();
    Process stranger = new ProcessBuilder("sh", "-c", "read word").start();
    try {
      for (Process each : List.of(rank, stranger)) {
        RankNotes.add(dead, each.pid());
      }
      RankNotes.add(dead, Long.MAX_VALUE);
      Files.createFile(dead.resolve("rank-and-file"));

      assertTrue(RunDirectory.removeIfOrphaned(dead));

      assertTrue(rank.waitFor(10, TimeUnit.SECONDS));
      assertTrue(stranger.isAlive());
      assertFalse(Files.exists(dead));
      RankNotes.remove(dead, rank.pid());
    } finally {
      rank.destroyForcibly();
      stranger.destroyForcibly();
    }
  }

  @Test
  void linksAndFoldersWithoutALockAreNotTouched() throws IOException {
    Path target = Files.createDirectory(parent.resolve("target"));
    Files.createFile(target.resolve("lock"));
    Files.createSymbolicLink(parent.resolve("souffleur-aa-bb"), target);
    Path beingMade = Files.createDirectory(parent.resolve("souffleur-cc-dd"));

    RunDirectory.create(parent).close();

    assertTrue(Files.exists(target.resolve("lock")) && Files.exists(beingMade));
  }

  @Test
  void tooLittleSpaceIsSaidWithBothNumbers() throws IOException {
    try (RunDirectory run = RunDirectory.create(parent)) {
      run.requireFree(1, "the KV cache");
      long needed = 1L << 60;

      IOException refused =
          assertThrows(IOException.class, () -> run.requireFree(needed, "the KV cache"));

      assertTrue(
          refused.getMessage().startsWith("the KV cache needs " + needed + " B in " + parent));
      assertTrue(refused.getMessage().matches(".* which has \\d+ B free; .*"));
      assertFalse(refused.getMessage().contains("has 0 B"));
    }
  }

  private List<Path> list() throws IOException {
    try (var files = Files.list(parent)) {
      return files.toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
