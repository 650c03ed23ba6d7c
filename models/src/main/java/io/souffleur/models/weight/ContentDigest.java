package io.souffleur.models.weight;

import io.souffleur.models.Progress;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over strings or over mapped bytes, in hexadecimal. */
final class ContentDigest {
  private static final long BLOCK_BYTES = 1L << 24;

  private final MessageDigest digest = sha256();

  /**
   * Digest of every byte of {@code memory}.
   *
   * @param before bytes that were read before, of {@code total}
   */
  static String of(MemorySegment memory, long before, long total, Progress progress) {
    MessageDigest digest = sha256();
    for (long at = 0; at < memory.byteSize(); at += BLOCK_BYTES) {
      long bytes = Math.min(BLOCK_BYTES, memory.byteSize() - at);
      digest.update(memory.asSlice(at, bytes).asByteBuffer());
      progress.onBytes(before + at + bytes, total);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Adds a string and its end, so that no two lists of strings look alike. */
  ContentDigest add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    return this;
  }

  /** The digest of all that was added; the object is spent. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException failure) {
      throw new IllegalStateException("every JDK has SHA-256", failure);
    }
  }
}
