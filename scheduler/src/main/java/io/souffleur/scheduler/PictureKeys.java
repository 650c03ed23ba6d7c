package io.souffleur.scheduler;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Numbers for the contents of pictures, below zero, where no token id is: what stands in the place of
 * their tokens wherever prefixes are compared.
 *
 * <p>A number is given to one hash and never to another, so different pictures cannot be taken for each
 * other. A hash that was not seen for long is forgotten; it gets another number when it comes again, and
 * what was cached under the first is not found any more. Owned by the engine loop.
 */
final class PictureKeys {
  static final int REMEMBERED_MAX = 65_536;

  private int last;
  private final Map<ByteBuffer, Integer> byHash = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Integer> eldest) {
      return size() > REMEMBERED_MAX;
    }
  };

  /** @param hash kept */
  int of(byte[] hash) {
    return byHash.computeIfAbsent(ByteBuffer.wrap(hash), each -> next());
  }

  private int next() {
    if (last == Integer.MIN_VALUE) {
      throw new IllegalStateException("no number is left for another picture");
    }
    return --last;
  }
}
