package io.souffleur.cache.tier;

import io.souffleur.cache.tier.RecordFormat.Head;
import io.souffleur.cache.tier.RecordFormat.SegmentHead;
import io.souffleur.contracts.tier.TierName;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/**
 * One segment file: records one after the other, appended by one run of one server, read ever after.
 *
 * <p>A record's head is written before its payload and nothing is ever written twice, so a process that
 * dies leaves whole records and at most one torn one at the end. Owned by a {@link TierStore}; an
 * appending file has a channel, the others are opened for each read.
 */
final class SegmentFile implements AutoCloseable {
  private final Path path;
  private final SegmentHead head;
  private final FileChannel appending;
  private long end;

  private SegmentFile(Path path, SegmentHead head, FileChannel appending, long end) {
    this.path = path;
    this.head = head;
    this.appending = appending;
    this.end = end;
  }

  /** Makes the file, mode 0600, and writes its head. */
  static SegmentFile create(Path path, SegmentHead head) throws IOException {
    FileChannel channel = FileChannel.open(
        path,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      write(channel, RecordFormat.encode(head), 0);
      return new SegmentFile(path, head, channel, RecordFormat.SEGMENT_HEAD_BYTES);
    } catch (IOException full) {
      channel.close();
      Files.deleteIfExists(path);
      throw full;
    }
  }

  /**
   * Reads the heads of a file that another run left.
   *
   * @param records receives each name with its offset
   * @param trouble receives what ends the readable part before the end of the file
   * @throws SegmentRefused when the file is not what {@code head} says
   */
  static SegmentFile scan(
      Path path, SegmentHead head, ObjLongConsumer<TierName> records, Consumer<String> trouble)
      throws IOException, SegmentRefused {
    try (FileChannel channel = openForReading(path)) {
      ByteBuffer start = read(channel, 0, RecordFormat.SEGMENT_HEAD_BYTES);
      Optional<String> mismatch = RecordFormat.mismatch(start, head);
      if (mismatch.isPresent()) {
        throw new SegmentRefused(mismatch.get());
      }
      SegmentFile file = new SegmentFile(path, head, null, RecordFormat.SEGMENT_HEAD_BYTES);
      long bytes = channel.size();
      while (file.end < bytes) {
        Optional<Head> found = file.head(channel, file.end);
        if (found.isEmpty()) {
          trouble.accept("is corrupt from byte " + file.end + " of " + bytes);
          return file;
        }
        long next = file.end + found.get().headBytes() + head.payloadBytes();
        if (next > bytes) {
          trouble.accept("ends within the record at byte " + file.end);
          return file;
        }
        records.accept(found.get().name(), file.end);
        file.end = next;
      }
      return file;
    }
  }

  private static FileChannel openForReading(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /** The head of the record at {@code offset}; empty when there is none. */
  private Optional<Head> head(FileChannel channel, long offset) throws IOException {
    ByteBuffer start = read(channel, offset, RecordFormat.FIXED_BYTES);
    if (start.remaining() < RecordFormat.FIXED_BYTES) {
      return Optional.empty();
    }
    int bytes = RecordFormat.headBytes(head, start);
    return bytes == 0 ? Optional.empty() : RecordFormat.decode(head, read(channel, offset, bytes));
  }

  /**
   * Appends a record; the file is as long as before when that fails.
   *
   * @return its offset
   */
  long append(TierName name, MemorySegment payload) throws IOException {
    ByteBuffer bytes = payload.asByteBuffer();
    ByteBuffer recordHead = RecordFormat.encode(head, name, RecordFormat.crc(bytes.duplicate()));
    long offset = end;
    int headBytes = recordHead.remaining();
    try {
      write(appending, recordHead, offset);
      write(appending, bytes, offset + headBytes);
    } catch (IOException full) {
      appending.truncate(offset);
      throw full;
    }
    end = offset + headBytes + payload.byteSize();
    return offset;
  }

  /** Bytes that a record takes in a file. */
  static long recordBytes(int tokens, long payloadBytes) {
    return RecordFormat.headBytes(tokens) + payloadBytes;
  }

  /**
   * Reads a payload; whatever is in the file, true means that {@code into} has what was written.
   *
   * @return false when the record at {@code offset} is not {@code name}, or not whole
   */
  boolean read(long offset, TierName name, MemorySegment into) throws IOException {
    try (FileChannel channel = openForReading(path)) {
      Optional<Head> found = head(channel, offset);
      if (found.isEmpty() || !found.get().name().equals(name)) {
        return false;
      }
      ByteBuffer target = into.asByteBuffer();
      long position = offset + found.get().headBytes();
      while (target.hasRemaining()) {
        int count = channel.read(target, position);
        if (count < 0) {
          return false;
        }
        position += count;
      }
      return RecordFormat.crc(target.flip()) == found.get().payloadCrc();
    }
  }

  /** As many of the bytes as the file has, in a little-endian buffer from position 0. */
  private static ByteBuffer read(FileChannel channel, long offset, int bytes) throws IOException {
    ByteBuffer buffer = RecordFormat.buffer(bytes);
    long position = offset;
    while (buffer.hasRemaining()) {
      int count = channel.read(buffer, position);
      if (count < 0) {
        break;
      }
      position += count;
    }
    return buffer.flip();
  }

  private static void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    long position = offset;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  Path path() {
    return path;
  }

  int number() {
    return head.number();
  }

  /** Bytes up to the end of the last whole record. */
  long bytes() {
    return end;
  }

  boolean isAppending() {
    return appending != null && appending.isOpen();
  }

  /** Ends appending. Idempotent. */
  @Override
  public void close() throws IOException {
    if (appending != null) {
      appending.close();
    }
  }
}
