package io.souffleur.transport;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Which rank processes belong to a run directory, one empty file each, so that whoever removes the
 * directory of a dead server can end them too.
 *
 * <p>A rank ends by itself when its server dies, but not while it is stopped or stuck in the system. A
 * process is ended only if its command line still names the directory: its number may be another's by
 * now. Where the system does not tell command lines ({@code /proc}), nothing is ended. Stateless.
 */
public final class RankNotes {
  private static final String PREFIX = "rank-";
  private static final Duration REAP_TIMEOUT = Duration.ofSeconds(5);

  private RankNotes() {}

  /** Says that the process is a rank of this directory. By its server, right after the start. */
  public static void add(Path runDirectory, long pid) throws IOException {
    Files.createFile(runDirectory.resolve(PREFIX + pid));
  }

  /** The process has ended. Idempotent; the directory may be gone already. */
  public static void remove(Path runDirectory, long pid) throws IOException {
    Files.deleteIfExists(runDirectory.resolve(PREFIX + pid));
  }

  /** Ends what is noted and still runs, this process aside. By whoever holds the directory's lock. */
  static void endAll(Path runDirectory) throws IOException {
    try (DirectoryStream<Path> notes = Files.newDirectoryStream(runDirectory, PREFIX + "*")) {
      for (Path note : notes) {
        pid(note)
            .filter(pid -> pid != ProcessHandle.current().pid() && names(pid, runDirectory))
            .flatMap(ProcessHandle::of)
            .ifPresent(RankNotes::end);
      }
    }
  }

  private static Optional<Long> pid(Path note) {
    try {
      return Optional.of(Long.parseLong(note.getFileName().toString().substring(PREFIX.length())));
    } catch (NumberFormatException noNote) {
      return Optional.empty();
    }
  }

  /** Whether an argument of the process is the directory, however its parent is spelled. */
  private static boolean names(long pid, Path runDirectory) {
    try {
      String words = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
      return Arrays.stream(words.split("\0"))
          .anyMatch(word -> word.endsWith("/" + runDirectory.getFileName()));
    } catch (IOException gone) {
      return false;
    }
  }

  private static void end(ProcessHandle rank) {
    rank.destroyForcibly();
    try {
      rank.onExit().get(REAP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException stuck) {
      // It has the signal, and ends when the system lets it.
      return;
    }
  }
}
