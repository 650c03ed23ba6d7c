package io.souffleur.tokenizer;

import java.util.BitSet;

/**
 * What each id contributes to a text, as bytes. Immutable; shared by all threads.
 *
 * <p>Ids without an entry (gaps) contribute nothing.
 */
final class TokenTable {
  private static final byte[] NONE = {};

  private final byte[][] bytes;
  private final BitSet special;

  /** @param bytes by id, null in gaps; belongs to the table from now on, like {@code special} */
  TokenTable(byte[][] bytes, BitSet special) {
    this.bytes = bytes;
    this.special = special;
  }

  int idLimit() {
    return bytes.length;
  }

  /** The bytes of {@code id}, not to be changed by the caller. */
  byte[] bytes(int id) {
    if (id < 0 || id >= bytes.length) {
      throw new IllegalArgumentException(
          "token id must be in [0, " + bytes.length + "), got " + id);
    }
    byte[] found = bytes[id];
    return found == null ? NONE : found;
  }

  boolean isSpecial(int id) {
    return special.get(id);
  }
}
