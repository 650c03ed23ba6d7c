package io.souffleur.multimodal.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Reads regular files below one folder, or none at all.
 *
 * <p>A path is first taken as text: one that does not lie below the folder is refused without a look at
 * the disk, so that nobody learns what exists elsewhere. Then links are followed, and where they lead
 * must lie below the folder as well. Who may write into the folder is trusted not to swap files for
 * links meanwhile. Thread-safe.
 */
public final class LocalFiles {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Optional<Path> folder;
  private final Optional<Path> realFolder;

  private LocalFiles(Optional<Path> folder, Optional<Path> realFolder) {
    this.folder = folder;
    this.realFolder = realFolder;
  }

  /** No file is read. */
  public static LocalFiles off() {
    return new LocalFiles(Optional.empty(), Optional.empty());
  }

  /**
   * Files below {@code folder} ({@code --allowed-local-media-path}).
   *
   * @throws IllegalArgumentException when it is no folder
   */
  public static LocalFiles below(Path folder) {
    try {
      Path real = folder.toRealPath();
      if (!Files.isDirectory(real)) {
        throw new IllegalArgumentException(
            "--allowed-local-media-path " + folder + " is not a folder");
      }
      return new LocalFiles(Optional.of(folder.toAbsolutePath().normalize()), Optional.of(real));
    } catch (IOException missing) {
      throw new IllegalArgumentException(
          "--allowed-local-media-path " + folder + " cannot be read", missing);
    }
  }

  /** The bytes of {@code path}, which stay taken from {@code budget}; relative ones count from the folder. */
  byte[] read(String path, int bytesMax, RequestBudget budget) throws MediaRefused {
    if (realFolder.isEmpty()) {
      throw MediaRefused.forbidden(
          "this server reads no files; --allowed-local-media-path names a folder to read from");
    }
    Path file = allowed(path, folder.orElseThrow(), realFolder.orElseThrow());
    var sink = new ByteSink(bytesMax, budget);
    boolean done = false;
    try {
      readInto(sink, file);
      done = true;
      return sink.bytes();
    } catch (IOException unreadable) {
      throw new MediaRefused(
          MediaRefused.Reason.UNREACHABLE, "the file cannot be read", unreadable);
    } finally {
      if (!done) {
        sink.discard();
      }
    }
  }

  private static Path allowed(String path, Path folder, Path realFolder) throws MediaRefused {
    Path text;
    try {
      text = folder.resolve(path).normalize();
    } catch (InvalidPathException bad) {
      throw new MediaRefused(MediaRefused.Reason.MALFORMED, "the path is none", bad);
    }
    if (!text.startsWith(folder) && !text.startsWith(realFolder)) {
      throw outside();
    }
    try {
      Path real = text.toRealPath();
      if (!real.startsWith(realFolder)) {
        throw outside();
      }
      return real;
    } catch (NoSuchFileException missing) {
      throw new MediaRefused(
          MediaRefused.Reason.UNREACHABLE, "there is no such file in the allowed folder", missing);
    } catch (IOException unreadable) {
      throw new MediaRefused(
          MediaRefused.Reason.UNREACHABLE, "the file cannot be read", unreadable);
    }
  }

  private static MediaRefused outside() {
    return MediaRefused.forbidden("the path does not lie in the folder that may be read from");
  }

  private static void readInto(ByteSink sink, Path file) throws IOException, MediaRefused {
    var attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw MediaRefused.forbidden("the path is not a regular file");
    }
    sink.checkAnnounced(attributes.size());
    try (InputStream in =
        Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      var buffer = new byte[BUFFER_BYTES];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        sink.add(buffer, count);
      }
    }
  }
}
