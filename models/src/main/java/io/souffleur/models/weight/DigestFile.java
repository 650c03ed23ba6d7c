package io.souffleur.models.weight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Remembers digests of weight files as small files, one per state of a file.
 *
 * <p>A state is path, device and inode, size, and the times of the last change of content and of the
 * inode (which every write sets and no tool sets back), all in nanoseconds. So a large model is read
 * completely once, and a restarted process trusts what was read.
 */
final class DigestFile implements DigestMemory {
  private static final int DIGEST_CHARS = 64;

  private final Path folder;

  DigestFile(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<String> recall(Path file) throws IOException {
    try {
      String digest = Files.readString(entry(file));
      return digest.length() == DIGEST_CHARS ? Optional.of(digest) : Optional.empty();
    } catch (NoSuchFileException unknown) {
      return Optional.empty();
    }
  }

  @Override
  public void remember(Path file, String digest) throws IOException {
    Files.createDirectories(folder);
    Path part = folder.resolve(UUID.randomUUID() + ".part");
    try {
      Files.writeString(part, digest);
      Files.move(part, entry(file), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private Path entry(Path file) throws IOException {
    Path real = file.toRealPath();
    Map<String, Object> state =
        Files.readAttributes(real, "unix:dev,ino,size,lastModifiedTime,ctime");
    ContentDigest digest = new ContentDigest().add(real.toString());
    for (String key : new String[] {"dev", "ino", "size", "lastModifiedTime", "ctime"}) {
      digest.add(state.get(key).toString());
    }
    return folder.resolve(digest.hex());
  }
}
