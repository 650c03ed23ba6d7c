package io.souffleur.transport;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * The private folder in shared memory of one running server: caches, driver files, arenas.
 *
 * <p>Mode 0700, because its files hold prompts. A file lock is held for as long as the server lives; a
 * folder whose lock can be taken belongs to nobody any more. Owned by the front process. Closing it
 * removes it with everything inside; after a kill the next server of the same user, or an orphaned rank,
 * does.
 */
public final class RunDirectory implements AutoCloseable {
  private static final String PREFIX = "souffleur-";
  private static final String LOCK = "lock";
  private static final int CREATE_TRIES = 16;

  /**
   * Marks the folders of this process. Its own locks must never be probed: closing any descriptor of a
   * locked file gives the lock up for the whole process.
   */
  private static final String PROCESS_TAG = randomTag();

  private final Path path;
  private final FileChannel lockChannel;

  private RunDirectory(Path path, FileChannel lockChannel) {
    this.path = path;
    this.lockChannel = lockChannel;
  }

  /** Shared memory where there is some, otherwise the temporary folder. */
  public static Path defaultParent() {
    Path shared = Path.of("/dev/shm");
    return Files.isDirectory(shared) && Files.isWritable(shared)
        ? shared
        : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Makes a new folder, and removes what dead servers of this user left under {@code parent}. */
  public static RunDirectory create(Path parent) throws IOException {
    for (int i = 0; i < CREATE_TRIES; i++) {
      Path path = parent.resolve(PREFIX + PROCESS_TAG + "-" + randomTag());
      Files.createDirectory(path, mode("rwx------"));
      FileChannel channel = lockNew(path.resolve(LOCK));
      if (channel != null) {
        removeDead(parent, Files.getOwner(path));
        return new RunDirectory(path, channel);
      }
      deleteTree(path);
    }
    throw new IOException("cannot lock a new run directory under " + parent);
  }

  /** Null when a sweeping neighbour was faster than our lock and takes the folder for a dead one. */
  private static FileChannel lockNew(Path lock) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(
          lock, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode("rw-------"));
    } catch (NoSuchFileException swept) {
      return null;
    }
    if (channel.tryLock() != null && Files.exists(lock)) {
      return channel;
    }
    channel.close();
    return null;
  }

  /** What cannot be removed is left: it is no reason not to start. */
  private static void removeDead(Path parent, UserPrincipal owner) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*-*")) {
      for (Path candidate : found) {
        try {
          if (Files.getOwner(candidate, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
            removeIfOrphaned(candidate);
          }
        } catch (IOException left) {
          continue;
        }
      }
    }
  }

  /**
   * Removes one run directory if its server is dead, and ends ranks of it that have not noticed. Used at
   * launch, and by a rank whose parent has gone, so that the memory is free at once.
   *
   * @return whether it was removed
   */
  public static boolean removeIfOrphaned(Path path) throws IOException {
    String name = path.getFileName().toString();
    if (name.startsWith(PREFIX + PROCESS_TAG)
        || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (FileChannel channel =
        FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        return false;
      }
      RankNotes.endAll(path);
      deleteTree(path);
      return true;
    } catch (OverlappingFileLockException | NoSuchFileException busyOrBeingMade) {
      return false;
    }
  }

  public Path path() {
    return path;
  }

  /** A file of this run; the caller creates it with mode 0600. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** Folder of the media driver. */
  public Path driverDirectory() {
    return path.resolve("aeron");
  }

  /**
   * Checks that the shared memory has room before anything is written.
   *
   * @param purpose what the bytes are for, as it stands in the message
   */
  public void requireFree(long neededBytes, String purpose) throws IOException {
    long freeBytes = Files.getFileStore(path).getUsableSpace();
    if (freeBytes < neededBytes) {
      throw new IOException(purpose + " needs " + neededBytes + " B in " + path.getParent()
          + ", which has " + freeBytes + " B free; give it less or make the file system larger");
    }
  }

  /** Removes the folder with all its files, then gives the lock up. Idempotent. */
  @Override
  public void close() throws IOException {
    if (lockChannel.isOpen()) {
      deleteTree(path);
      lockChannel.close();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try {
      Files.walkFileTree(root, new Deleter());
    } catch (NoSuchFileException alreadyGone) {
      return;
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }

  private static FileAttribute<?> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  private static String randomTag() {
    byte[] bytes = new byte[6];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
