package io.souffleur.models.weight;

import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.tensor.MappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Panel files in a folder, one per key, mapped read-only by every process that serves the model.
 *
 * <pre>
 *   &lt;key&gt;.panels     0 magic | 8 file bytes | 16 key, 32 B | zeros | 4096 blocks in the order of the specs
 * </pre>
 *
 * <p>A file is written under another name, forced to disk and renamed, so under its own name it is
 * complete. Writers of the same key wait for each other on a lock file; where that is not possible
 * both write and the last rename wins, which is harmless because both wrote the same bytes.
 * At most {@link #FILES_MAX} files are kept; the ones not opened for longest go first.
 */
final class PanelFolder implements PanelStore {
  static final int FILES_MAX = 8;
  private static final long MAGIC = 0x314C_4E50_4C46_4653L;
  private static final long BLOCKS_START = 4096;
  private static final String SUFFIX = ".panels";
  private static final String UNFINISHED = ".part";
  private static final Duration UNFINISHED_AGE_MAX = Duration.ofHours(12);

  private final Path folder;

  PanelFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public DigestMemory digests() {
    return new DigestFile(folder.resolve("digests"));
  }

  @Override
  public Panels open(String key, List<PanelSpec> specs, Progress progress) throws IOException {
    ContentDigest digest =
        new ContentDigest().add(Integer.toString(LAYOUT_VERSION)).add(key);
    long bytes = BLOCKS_START;
    for (PanelSpec spec : specs) {
      digest.add(spec.name()).add(Long.toString(spec.bytes()));
      bytes += spec.bytes();
    }
    String name = digest.hex();
    try {
      return open(name, bytes, specs, progress);
    } catch (InvalidModelException invalid) {
      throw invalid;
    } catch (IOException failure) {
      throw new IOException(
          "cannot keep " + bytes + " B of packed weights in " + folder + ": " + failure, failure);
    }
  }

  private Panels open(String name, long bytes, List<PanelSpec> specs, Progress progress)
      throws IOException {
    Path file = folder.resolve(name + SUFFIX);
    if (!usable(file, name, bytes)) {
      Files.createDirectories(folder);
      writeLocked(file, name, bytes, specs, progress);
    }
    progress.onBytes(bytes - BLOCKS_START, bytes - BLOCKS_START);
    touch(file);
    return map(file, specs);
  }

  /** Marks {@code file} as used; a folder that is read-only keeps its files by other means. */
  private static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException readOnly) {
      // The mark only decides which file goes first.
    }
  }

  private static Panels map(Path file, List<PanelSpec> specs) throws IOException {
    MappedFile mapped = MappedFile.openReadOnly(file);
    return new Panels(blocks(mapped.memory(), specs), mapped::close);
  }

  private static Map<String, MemorySegment> blocks(MemorySegment memory, List<PanelSpec> specs) {
    Map<String, MemorySegment> blocks = new HashMap<>();
    long at = BLOCKS_START;
    for (PanelSpec spec : specs) {
      blocks.put(spec.name(), memory.asSlice(at, spec.bytes()));
      at += spec.bytes();
    }
    return blocks;
  }

  private static boolean usable(Path file, String name, long bytes) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
      return false;
    }
    try (MappedFile mapped = MappedFile.openReadOnly(file)) {
      MemorySegment memory = mapped.memory();
      byte[] key = memory.asSlice(16, 32).toArray(ValueLayout.JAVA_BYTE);
      return memory.get(ValueLayout.JAVA_LONG, 0) == MAGIC
          && memory.get(ValueLayout.JAVA_LONG, 8) == bytes
          && HexFormat.of().formatHex(key).equals(name);
    } catch (NoSuchFileException removed) {
      return false;
    }
  }

  private void writeLocked(
      Path file, String name, long bytes, List<PanelSpec> specs, Progress progress)
      throws IOException {
    removeLeftovers();
    Path lockFile = folder.resolve("lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lockOrNull(channel)) {
      if (lock == null || !usable(file, name, bytes)) {
        write(file, name, bytes, specs, progress);
        removeOldest();
      }
    }
  }

  /** Null when another thread of this process holds the lock: then both write. */
  private static FileLock lockOrNull(FileChannel channel) throws IOException {
    try {
      return channel.lock();
    } catch (OverlappingFileLockException held) {
      return null;
    }
  }

  private void write(Path file, String name, long bytes, List<PanelSpec> specs, Progress progress)
      throws IOException {
    Path part = folder.resolve(name + "." + UUID.randomUUID() + UNFINISHED);
    try {
      try (MappedFile mapped = MappedFile.create(part, bytes)) {
        Map<String, MemorySegment> blocks = blocks(mapped.memory(), specs);
        long done = 0;
        for (PanelSpec spec : specs) {
          spec.filler().fill(blocks.get(spec.name()));
          done += spec.bytes();
          progress.onBytes(done, bytes - BLOCKS_START);
        }
        MemorySegment memory = mapped.memory();
        memory.set(ValueLayout.JAVA_LONG, 0, MAGIC);
        memory.set(ValueLayout.JAVA_LONG, 8, bytes);
        MemorySegment.copy(HexFormat.of().parseHex(name), 0, memory, ValueLayout.JAVA_BYTE, 16, 32);
        memory.force();
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Unfinished files of processes that died long ago. */
  private void removeLeftovers() throws IOException {
    Instant oldest = Instant.now().minus(UNFINISHED_AGE_MAX);
    for (Path part : list(UNFINISHED)) {
      if (modified(part).toInstant().isBefore(oldest)) {
        Files.deleteIfExists(part);
      }
    }
  }

  private void removeOldest() throws IOException {
    List<Path> files = list(SUFFIX);
    files.sort(Comparator.comparing(PanelFolder::modified).reversed());
    for (Path file : files.subList(Math.min(FILES_MAX, files.size()), files.size())) {
      Files.deleteIfExists(file);
    }
  }

  private List<Path> list(String suffix) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return new ArrayList<>(all.filter(p -> p.toString().endsWith(suffix)).toList());
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException removed) {
      return FileTime.fromMillis(0);
    }
  }
}
