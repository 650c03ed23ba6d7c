package io.souffleur.cache.tier;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.tier.PrefixDigest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What the bytes of a page or state depend on beside its tokens; records of another key are foreign.
 *
 * @param model digest of the weights and the configuration
 * @param layout sizes of pages and slots
 * @param tokenizer digest of the tokenizer's files
 * @param template digest of the chat template
 * @param numerics fingerprint of kernel set, instruction form and number formats
 */
public record TierKey(
    String model, CacheLayout layout, String tokenizer, String template, String numerics) {
  /** All of it, and the version of the file format, as one digest. */
  public PrefixDigest digest() {
    MessageDigest sha = sha256();
    add(sha, "tier key");
    add(sha, Integer.toString(RecordFormat.VERSION));
    add(sha, model);
    add(sha, layout.pageTokens() + "/" + layout.pageBytes() + "/" + layout.slotBytes());
    add(sha, tokenizer);
    add(sha, template);
    add(sha, numerics);
    return PrefixDigest.read(ByteBuffer.wrap(sha.digest()).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** With its end, so that no two lists of texts look alike. */
  private static void add(MessageDigest sha, String text) {
    sha.update(text.getBytes(StandardCharsets.UTF_8));
    sha.update((byte) 0);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException failure) {
      throw new IllegalStateException("every JDK has SHA-256", failure);
    }
  }
}
