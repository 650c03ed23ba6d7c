package io.souffleur.cache.book;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which rows of the feature store hold which picture, by the hash of everything that decides its features.
 *
 * <pre>
 *   acquire → rows, read by one more → encode image by image → release → kept while nobody needs room
 * </pre>
 *
 * <p>A picture has rows that follow each other. Pictures that nobody reads go when a new one needs their
 * rows, the one unused for longest first. Owned by the engine loop.
 */
public final class FeatureBook {
  /**
   * One picture that has rows.
   *
   * <p>Patch images are encoded in any order, and each is encoded, or not.
   */
  public static final class Features {
    private final int firstRow;
    private final int rows;
    private final BitSet encoded = new BitSet();
    private int readers;

    private Features(int firstRow, int rows) {
      this.firstRow = firstRow;
      this.rows = rows;
    }

    public int firstRow() {
      return firstRow;
    }

    public boolean encoded(int image) {
      return encoded.get(image);
    }

    /** The step that encodes the patch image was applied. */
    public void markEncoded(int image) {
      encoded.set(image);
    }
  }

  private final int rows;
  private final Map<ByteBuffer, Features> byHash = new LinkedHashMap<>(16, 0.75f, true);

  /** First row and length of every gap. */
  private final TreeMap<Integer, Integer> free = new TreeMap<>();

  private long hits;
  private long evictions;

  public FeatureBook(int rows) {
    this.rows = rows;
    if (rows > 0) {
      free.put(0, rows);
    }
  }

  /** Rows of the store. */
  public int rows() {
    return rows;
  }

  /**
   * One more reader for a picture; empty when no room can be made for it now.
   *
   * @param hash 32 bytes, kept
   * @param wanted rows of its features
   */
  public Optional<Features> acquire(byte[] hash, int wanted) {
    ByteBuffer key = ByteBuffer.wrap(hash);
    Features known = byHash.get(key);
    if (known != null) {
      if (known.rows != wanted) {
        throw new IllegalStateException(
            "a picture of " + known.rows + " feature rows came again with " + wanted);
      }
      known.readers++;
      hits++;
      return Optional.of(known);
    }
    int first = allocate(wanted);
    if (first < 0) {
      return Optional.empty();
    }
    Features made = new Features(first, wanted);
    made.readers = 1;
    byHash.put(key, made);
    return Optional.of(made);
  }

  /** One reader less; the rows stay until somebody needs them. */
  public void release(Features features) {
    if (features.readers < 1) {
      throw new IllegalStateException("features from row " + features.firstRow + " have no reader");
    }
    features.readers--;
  }

  private int allocate(int wanted) {
    int first = fit(wanted);
    Iterator<Features> oldest = byHash.values().iterator();
    while (first < 0 && oldest.hasNext()) {
      Features each = oldest.next();
      if (each.readers == 0) {
        oldest.remove();
        giveBack(each.firstRow, each.rows);
        evictions++;
        first = fit(wanted);
      }
    }
    return first;
  }

  /** Takes the first gap that is large enough. */
  private int fit(int wanted) {
    for (Map.Entry<Integer, Integer> gap : free.entrySet()) {
      if (gap.getValue() >= wanted) {
        int first = gap.getKey();
        int left = gap.getValue() - wanted;
        free.remove(first);
        if (left > 0) {
          free.put(first + wanted, left);
        }
        return first;
      }
    }
    return -1;
  }

  private void giveBack(int first, int count) {
    int start = first;
    int length = count;
    Map.Entry<Integer, Integer> before = free.floorEntry(first);
    if (before != null && before.getKey() + before.getValue() == first) {
      start = before.getKey();
      length += before.getValue();
    }
    Integer after = free.remove(first + count);
    free.put(start, after == null ? length : length + after);
  }

  /** Pictures that have rows. */
  public int pictures() {
    return byHash.size();
  }

  /** Readers of all pictures. */
  public int readers() {
    return byHash.values().stream().mapToInt(each -> each.readers).sum();
  }

  /** Pictures that were found when they came again. */
  public long hits() {
    return hits;
  }

  public long evictions() {
    return evictions;
  }

  /** Throws unless every row is free once or one picture's. */
  public void checkIntegrity() {
    List<int[]> parts = new ArrayList<>();
    free.forEach((first, count) -> parts.add(new int[] {first, count}));
    byHash.values().forEach(each -> parts.add(new int[] {each.firstRow, each.rows}));
    parts.sort((one, other) -> Integer.compare(one[0], other[0]));
    int end = 0;
    for (int[] part : parts) {
      if (part[0] != end || part[1] < 1) {
        throw new IllegalStateException(
            "feature rows from " + part[0] + ", the ones before end at " + end);
      }
      end += part[1];
    }
    if (end != rows) {
      throw new IllegalStateException(end + " feature rows in the book, the store has " + rows);
    }
  }
}
