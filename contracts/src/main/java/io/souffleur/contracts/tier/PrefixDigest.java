package io.souffleur.contracts.tier;

import java.nio.ByteBuffer;

/**
 * A SHA-256 that names all that stands before a position: namespace and tokens. Two prefixes with equal
 * digests are taken for equal.
 *
 * @param a the first eight bytes, as little-endian
 * @param b the next
 * @param c the next
 * @param d the last
 */
public record PrefixDigest(long a, long b, long c, long d) {
  public static final int BYTES = 32;

  /** Takes {@link #BYTES} bytes from a little-endian buffer. */
  public static PrefixDigest read(ByteBuffer buffer) {
    return new PrefixDigest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }

  /** Puts {@link #BYTES} bytes into a little-endian buffer. */
  public void write(ByteBuffer buffer) {
    buffer.putLong(a).putLong(b).putLong(c).putLong(d);
  }

  /** The first bytes, enough to tell prefixes apart in a log line. */
  @Override
  public String toString() {
    return String.format("%016x…", Long.reverseBytes(a));
  }
}
