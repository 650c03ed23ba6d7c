package io.souffleur.cache.book;

import io.souffleur.contracts.tier.PrefixDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Names prefixes by a chain of SHA-256: a namespace's root, then page after page.
 *
 * <p>A name depends on all tokens before it, on the namespace and on the tier's key, and shows none of
 * them. Owned by the engine loop.
 */
public final class PrefixNames {
  private final PrefixDigest key;
  private final MessageDigest sha;
  private final ByteBuffer buffer;

  /** @param key names what bytes depend on beside tokens */
  public PrefixNames(PrefixDigest key, int pageTokens) {
    this.key = key;
    buffer = ByteBuffer.allocate(PrefixDigest.BYTES + pageTokens * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException failure) {
      throw new IllegalStateException("every JDK has SHA-256", failure);
    }
  }

  /** The name of having no tokens yet. */
  public PrefixDigest root(String namespace) {
    key.write(buffer.clear());
    sha.update(buffer.flip());
    sha.update(namespace.getBytes(StandardCharsets.UTF_8));
    return digest();
  }

  /** The name of a prefix and {@code count} more tokens, at most a page. */
  public PrefixDigest next(PrefixDigest prefix, int[] tokens, int start, int count) {
    prefix.write(buffer.clear());
    for (int i = start; i < start + count; i++) {
      buffer.putInt(tokens[i]);
    }
    sha.update(buffer.flip());
    return digest();
  }

  private PrefixDigest digest() {
    return PrefixDigest.read(ByteBuffer.wrap(sha.digest()).order(ByteOrder.LITTLE_ENDIAN));
  }
}
