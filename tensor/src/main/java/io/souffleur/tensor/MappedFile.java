package io.souffleur.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A file mapped into memory as one segment of any length, valid until {@link #close()}.
 *
 * <p>Shared-memory files made here are private to the user (mode 0600), because they hold prompts
 * and pictures. Their pages are written once at creation, so that a full shared memory is reported
 * here as an {@link IOException} and not later as SIGBUS inside a kernel.
 */
public final class MappedFile implements AutoCloseable {
  private static final int RESERVE_CHUNK_BYTES = 1 << 20;

  private final Path path;
  private final Arena arena;
  private final MemorySegment memory;

  private MappedFile(Path path, Arena arena, MemorySegment memory) {
    this.path = path;
    this.arena = arena;
    this.memory = memory;
  }

  /** Maps an existing file for reading only. */
  public static MappedFile openReadOnly(Path path) throws IOException {
    return map(path, FileChannel.MapMode.READ_ONLY, Set.of(StandardOpenOption.READ));
  }

  /** Maps an existing file for reading and writing; writes are shared between processes. */
  public static MappedFile openShared(Path path) throws IOException {
    return map(
        path,
        FileChannel.MapMode.READ_WRITE,
        Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /** Creates a new zeroed file of {@code bytes} bytes, reserves its space and maps it shared. */
  public static MappedFile create(Path path, long bytes) throws IOException {
    var permissions = PosixFilePermissions.asFileAttribute(
        EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
    FileChannel created = FileChannel.open(
        path, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), permissions);
    try (FileChannel channel = created) {
      reserve(channel, bytes);
    } catch (IOException failure) {
      Files.deleteIfExists(path);
      throw new IOException(
          "cannot reserve " + bytes + " B for " + path + ": " + failure.getMessage(), failure);
    }
    return openShared(path);
  }

  private static void reserve(FileChannel channel, long bytes) throws IOException {
    ByteBuffer zeros =
        ByteBuffer.allocateDirect((int) Math.min(RESERVE_CHUNK_BYTES, Math.max(bytes, 1)));
    for (long position = 0; position < bytes; ) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - position));
      position += channel.write(zeros, position);
    }
  }

  private static MappedFile map(
      Path path, FileChannel.MapMode mode, Set<StandardOpenOption> options) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, options)) {
      return new MappedFile(path, arena, channel.map(mode, 0, channel.size(), arena));
    } catch (IOException | RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  public Path path() {
    return path;
  }

  public MemorySegment memory() {
    return memory;
  }

  public long bytes() {
    return memory.byteSize();
  }

  /** Unmaps; every segment and tensor on this file is dead afterwards. The file itself stays. */
  @Override
  public void close() {
    arena.close();
  }
}
