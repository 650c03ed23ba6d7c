package io.souffleur.cache.tier;

import io.souffleur.cache.tier.RecordFormat.SegmentHead;
import io.souffleur.cache.tier.TierFolder.Candidate;
import io.souffleur.contracts.tier.TierName;
import io.souffleur.contracts.tier.TierPort;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.ObjLongConsumer;

/**
 * The records of one kind in a folder, under a budget of bytes: append, read, and let the segment that
 * was unused for longest go when room is needed.
 *
 * <p>A record's number is its segment's, then its offset in units of 64 bytes. Opening reads the heads of
 * all files; payloads are checked when they are read. Files that cannot be used are told in one line
 * each, take their part of the budget, and are the first to go. One thread.
 */
public final class TierStore implements AutoCloseable {
  private final TierSettings settings;
  private final TierFolder folder;
  private final Consumer<String> notices;
  private final IntConsumer dropped;
  private final Map<Integer, SegmentFile> segments = new LinkedHashMap<>(16, 0.75f, true);
  private final Deque<Candidate> unusable = new ArrayDeque<>();
  private SegmentFile writing;
  private int lastNumber;
  private long bytes;
  private boolean writeFailed;

  private TierStore(
      TierSettings settings, TierFolder folder, Consumer<String> notices, IntConsumer dropped) {
    this.settings = settings;
    this.folder = folder;
    this.notices = notices;
    this.dropped = dropped;
  }

  /**
   * Opens, or makes, a store.
   *
   * @param notices receives a line for each file that cannot be used
   * @param dropped receives the number of each segment that goes
   * @param records receives each record that is there
   */
  public static TierStore open(
      TierSettings settings,
      Consumer<String> notices,
      IntConsumer dropped,
      ObjLongConsumer<TierName> records)
      throws IOException {
    TierFolder folder = TierFolder.open(settings.folder(), settings.kind());
    TierStore store = new TierStore(settings, folder, notices, dropped);
    try {
      for (Candidate file : folder.segments()) {
        store.adopt(file, records);
      }
      store.makeRoom(0);
      return store;
    } catch (IOException | RuntimeException failure) {
      folder.close();
      throw failure;
    }
  }

  private void adopt(Candidate file, ObjLongConsumer<TierName> records) {
    lastNumber = Math.max(lastNumber, file.number());
    bytes += file.bytes();
    Consumer<String> trouble = reason -> notices.accept(file.path() + " " + reason);
    try {
      segments.put(
          file.number(),
          SegmentFile.scan(
              file.path(),
              head(file.number()),
              (name, offset) -> records.accept(name, record(file.number(), offset)),
              reason -> trouble.accept(reason + "; the rest is left out")));
    } catch (SegmentRefused refused) {
      unusable.add(file);
      trouble.accept(refused.getMessage() + "; it is left out");
    } catch (IOException unreadable) {
      unusable.add(file);
      trouble.accept("cannot be read: " + unreadable.getMessage());
    }
  }

  private SegmentHead head(int number) {
    return new SegmentHead(settings.kind(), number, settings.payloadBytes(), settings.key());
  }

  private static long record(int segment, long offset) {
    return (long) segment << 32 | offset / RecordFormat.ALIGNMENT_BYTES;
  }

  /**
   * Keeps the bytes under the name, letting older ones go.
   *
   * @param payload as many bytes as the settings say
   * @return the record's number, or {@link TierPort#NO_RECORD} when it cannot be kept
   */
  public long append(TierName name, MemorySegment payload) {
    if (name.kind() != settings.kind() || payload.byteSize() != settings.payloadBytes()) {
      throw new IllegalArgumentException("a record of " + payload.byteSize() + " B, " + name
          + ", in a store of " + settings.kind() + " with " + settings.payloadBytes() + " B");
    }
    long needed = SegmentFile.recordBytes(name.tokens().length, payload.byteSize());
    if (needed + RecordFormat.SEGMENT_HEAD_BYTES > settings.bytesMax()) {
      return TierPort.NO_RECORD;
    }
    try {
      long offset = appendable(needed).append(name, payload);
      bytes += needed;
      writeFailed = false;
      return record(writing.number(), offset);
    } catch (IOException full) {
      if (!writeFailed) {
        notices.accept("cannot write to " + settings.folder() + ": " + full.getMessage());
      }
      writeFailed = true;
      return TierPort.NO_RECORD;
    }
  }

  /** The segment that takes the next record, with room for it under the budget. */
  private SegmentFile appendable(long needed) throws IOException {
    if (writing != null && writing.bytes() >= settings.segmentBytes()) {
      seal();
    }
    makeRoom(needed + RecordFormat.SEGMENT_HEAD_BYTES);
    if (writing == null) {
      lastNumber = folder.freeNumber(lastNumber);
      writing = SegmentFile.create(folder.segment(lastNumber), head(lastNumber));
      segments.put(lastNumber, writing);
      bytes += RecordFormat.SEGMENT_HEAD_BYTES;
    }
    segments.get(writing.number());
    return writing;
  }

  private void seal() throws IOException {
    SegmentFile full = writing;
    writing = null;
    full.close();
  }

  private void makeRoom(long needed) throws IOException {
    while (bytes + needed > settings.bytesMax() && !unusable.isEmpty()) {
      Candidate file = unusable.remove();
      Files.deleteIfExists(file.path());
      bytes -= file.bytes();
    }
    while (bytes + needed > settings.bytesMax() && !segments.isEmpty()) {
      drop(segments.values().iterator().next());
    }
  }

  private void drop(SegmentFile segment) throws IOException {
    segments.remove(segment.number());
    if (segment == writing) {
      seal();
    }
    dropped.accept(segment.number());
    bytes -= Files.exists(segment.path()) ? Files.size(segment.path()) : segment.bytes();
    Files.deleteIfExists(segment.path());
  }

  /**
   * Reads what was kept under the name.
   *
   * @return whether {@code into} has exactly these bytes now; otherwise it has any
   */
  public boolean read(TierName name, long record, MemorySegment into) {
    SegmentFile segment = segments.get(TierPort.segment(record));
    if (segment == null) {
      return false;
    }
    long offset = (record & 0xFFFF_FFFFL) * RecordFormat.ALIGNMENT_BYTES;
    try {
      boolean whole = segment.read(offset, name, into);
      if (whole) {
        touch(segment.path());
      } else {
        notices.accept(segment.path() + " is corrupt at byte " + offset + "; " + name
            + " is computed instead");
      }
      return whole;
    } catch (IOException unreadable) {
      notices.accept(segment.path() + " cannot be read: " + unreadable.getMessage());
      return false;
    }
  }

  /** The time tells the next run which file was used last; nothing else depends on it. */
  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  /** Forgets everything that can be used; files of others stay under the budget. */
  public void clear() throws IOException {
    while (!segments.isEmpty()) {
      drop(segments.values().iterator().next());
    }
  }

  /** Bytes of all files of the kind, unusable ones included. */
  public long bytes() {
    return bytes;
  }

  public int segmentCount() {
    return segments.size();
  }

  /** Gives the folder free; the files stay. */
  @Override
  public void close() throws IOException {
    try {
      if (writing != null) {
        seal();
      }
    } finally {
      folder.close();
    }
  }
}
