package io.souffleur.cache.store;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The feature rows of encoded pictures: F32 [rows, columns], addressed by the book's row numbers.
 *
 * <p>Rows are kept in the form in which the tower gives them, so that features read from here are the
 * same bits as those of the step that encoded them. Rows are not cleared when they change hands: none is
 * read before it was written.
 *
 * <p>Opened by the rank that writes it; the file, if there is one, is made and deleted by whoever owns
 * the run directory, and outlives the rank.
 */
public final class FeatureStore implements AutoCloseable {
  private final CacheMemory memory;
  private final int rows;
  private final int columns;

  private FeatureStore(CacheMemory memory, int rows, int columns) {
    this.memory = memory;
    this.rows = rows;
    this.columns = columns;
  }

  /** Bytes of the whole store. */
  public static long bytes(int rows, int columns) {
    return DType.F32.bytes((long) rows * columns);
  }

  /** Zeroed memory of this process, for a rank that is a thread. */
  public static FeatureStore inMemory(int rows, int columns) {
    return new FeatureStore(CacheMemory.inMemory(bytes(rows, columns)), rows, columns);
  }

  /** Makes a new zeroed file with its space reserved; fails when the space is not there. */
  public static FeatureStore create(Path file, int rows, int columns) throws IOException {
    return new FeatureStore(CacheMemory.create(file, bytes(rows, columns)), rows, columns);
  }

  /** Maps a file that {@link #create} made with the same sizes. */
  public static FeatureStore open(Path file, int rows, int columns) throws IOException {
    return new FeatureStore(CacheMemory.open(file, bytes(rows, columns), "feature"), rows, columns);
  }

  /** Rows that follow each other; throws {@link IndexOutOfBoundsException} for any the store lacks. */
  public Tensor rows(int first, int count) {
    if (first < 0 || count < 1 || first > rows - count) {
      throw new IndexOutOfBoundsException(
          "feature rows " + first + " and the next " + count + " of " + rows);
    }
    MemorySegment part = memory.segment().asSlice(bytes(first, columns), bytes(count, columns));
    return new Tensor(part, DType.F32, Shape.of(count, columns));
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  @Override
  public void close() {
    memory.close();
  }
}
