package io.souffleur.cache.tier;

import io.souffleur.contracts.tier.TierKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of a store: private, and locked for as long as the store is open, so that two servers
 * never append to each other's files. Files that are not named as segments are left alone.
 */
final class TierFolder implements AutoCloseable {
  private static final Pattern SEGMENT = Pattern.compile("(kv|state)-([0-9]{8})\\.tier");
  private static final Set<PosixFilePermission> OTHERS_WRITE =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
  private static final String FOLDER_MODE = "rwx------";
  private static final String FILE_MODE = "rw-------";

  private final Path path;
  private final TierKind kind;
  private final FileChannel lock;

  private TierFolder(Path path, TierKind kind, FileChannel lock) {
    this.path = path;
    this.kind = kind;
    this.lock = lock;
  }

  /** A file that is named as a segment. */
  record Candidate(Path path, int number, long bytes, FileTime used) {}

  /** @throws IOException when the folder cannot be made, is open to others, or is in use */
  static TierFolder open(Path path, TierKind kind) throws IOException {
    Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(FOLDER_MODE)));
    for (PosixFilePermission permission : Files.getPosixFilePermissions(path)) {
      if (OTHERS_WRITE.contains(permission)) {
        throw new IOException("cache folder " + path + " may be written by others: chmod 700 it");
      }
    }
    FileChannel channel = FileChannel.open(
        path.resolve(kind.label() + ".lock"),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(FILE_MODE)));
    if (!locked(channel)) {
      channel.close();
      throw new IOException("cache folder " + path + " is in use by another server");
    }
    return new TierFolder(path, kind, channel);
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock taken = channel.tryLock();
      return taken != null;
    } catch (OverlappingFileLockException byThisProcess) {
      return false;
    }
  }

  /** Segments of this kind and of this user, the longest unused first. */
  List<Candidate> segments() throws IOException {
    var owner = Files.getOwner(path.resolve(kind.label() + ".lock"));
    List<Candidate> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Matcher name = SEGMENT.matcher(file.getFileName().toString());
        if (name.matches()
            && name.group(1).equals(kind.label())
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
          found.add(new Candidate(
              file,
              Integer.parseInt(name.group(2)),
              Files.size(file),
              Files.getLastModifiedTime(file)));
        }
      }
    }
    found.sort(Comparator.comparing(Candidate::used).thenComparing(Candidate::number));
    return found;
  }

  /** The first number above {@code last} whose file does not exist, not even as somebody else's. */
  int freeNumber(int last) {
    int number = last + 1;
    while (Files.exists(segment(number), LinkOption.NOFOLLOW_LINKS)) {
      number++;
    }
    return number;
  }

  Path segment(int number) {
    return path.resolve(String.format("%s-%08d.tier", kind.label(), number));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
