package io.souffleur.cache.tier;

import io.souffleur.contracts.tier.PrefixDigest;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The bytes of segment files, little-endian; every part begins at a multiple of 64:
 *
 * <pre>
 *   segment:  0 magic i64 | 8 version i32 | 12 kind i32 | 16 number i32 | 20 zero | 24 payload bytes i64
 *            32 key, 32 B | 64 zeros … | 124 crc32c of the bytes before
 *   record:   0 magic i32 | 4 head bytes i32 | 8 payload bytes i64 | 16 kind i32 | 20 first i32
 *            24 tokens i32 | 28 crc32c of the payload | 32 parent, 32 B | 64 token ids i32 …
 *            crc32c of key, segment number and the head before | zeros up to head bytes | payload
 * </pre>
 *
 * <p>The head's checksum covers key and number, so a head is valid in its own file only. Stateless.
 */
final class RecordFormat {
  /** Grows with every change of the layout; files of another version are foreign. */
  static final int VERSION = 1;

  static final int SEGMENT_HEAD_BYTES = 128;
  static final int ALIGNMENT_BYTES = 64;

  /** Tokens of a record; a page has no more. */
  static final int TOKENS_MAX = 1 << 16;

  static final int FIXED_BYTES = 64;
  private static final long SEGMENT_MAGIC = 0x5245_4954_4C46_5353L;
  private static final int RECORD_MAGIC = 0x5445_4352;
  private static final int SEGMENT_CRC_OFFSET = SEGMENT_HEAD_BYTES - Integer.BYTES;
  private static final TierKind[] KINDS = TierKind.values();

  private RecordFormat() {}

  /** What stands at the head of a record. */
  record Head(TierName name, int payloadCrc, int headBytes) {}

  /** What a segment file says of itself. */
  record SegmentHead(TierKind kind, int number, long payloadBytes, PrefixDigest key) {}

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static ByteBuffer encode(SegmentHead head) {
    ByteBuffer buffer = buffer(SEGMENT_HEAD_BYTES)
        .putLong(SEGMENT_MAGIC)
        .putInt(VERSION)
        .putInt(head.kind().ordinal())
        .putInt(head.number())
        .putInt(0)
        .putLong(head.payloadBytes());
    head.key().write(buffer);
    int crc = crc(buffer.duplicate().position(0).limit(SEGMENT_CRC_OFFSET));
    return buffer.putInt(SEGMENT_CRC_OFFSET, crc).position(0);
  }

  /**
   * Compares the head of a file with the one it should have.
   *
   * @return what is wrong, or empty
   */
  static Optional<String> mismatch(ByteBuffer found, SegmentHead wanted) {
    if (found.remaining() < SEGMENT_HEAD_BYTES) {
      return Optional.of("has " + found.remaining() + " B, a head has " + SEGMENT_HEAD_BYTES);
    }
    if (found.getLong(0) != SEGMENT_MAGIC) {
      return Optional.of("is no segment file");
    }
    if (found.getInt(8) != VERSION) {
      return Optional.of("has format " + found.getInt(8) + ", this server writes " + VERSION);
    }
    ByteBuffer expected = encode(wanted);
    if (found.getInt(SEGMENT_CRC_OFFSET)
        != crc(found.duplicate().position(0).limit(SEGMENT_CRC_OFFSET))) {
      return Optional.of("has a corrupt head");
    }
    return found.equals(expected)
        ? Optional.empty()
        : Optional.of("is of another model, layout, tokenizer, template or kernel set");
  }

  static int headBytes(int tokens) {
    int bytes = FIXED_BYTES + (tokens + 1) * Integer.BYTES;
    return Math.ceilDiv(bytes, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }

  /** A record's head, ready to be written. */
  static ByteBuffer encode(SegmentHead segment, TierName name, int payloadCrc) {
    int tokens = name.tokens().length;
    ByteBuffer buffer = buffer(headBytes(tokens))
        .putInt(RECORD_MAGIC)
        .putInt(headBytes(tokens))
        .putLong(segment.payloadBytes())
        .putInt(name.kind().ordinal())
        .putInt(name.first())
        .putInt(tokens)
        .putInt(payloadCrc);
    name.parent().write(buffer);
    for (int token : name.tokens()) {
      buffer.putInt(token);
    }
    buffer.putInt(headCrc(segment, buffer.duplicate().flip()));
    return buffer.position(0);
  }

  /**
   * The length of a head whose first {@link #FIXED_BYTES} bytes are there.
   *
   * @return 0 when these are not such bytes
   */
  static int headBytes(SegmentHead segment, ByteBuffer start) {
    int tokens = start.getInt(24);
    boolean plausible = start.getInt(0) == RECORD_MAGIC
        && start.getLong(8) == segment.payloadBytes()
        && start.getInt(16) == segment.kind().ordinal()
        && start.getInt(20) >= 0
        && tokens >= 1
        && tokens <= TOKENS_MAX
        && start.getInt(20) <= Integer.MAX_VALUE - tokens
        && start.getInt(4) == headBytes(tokens);
    return plausible ? headBytes(tokens) : 0;
  }

  /** Reads a whole head, of the length that {@link #headBytes(SegmentHead, ByteBuffer)} gave. */
  static Optional<Head> decode(SegmentHead segment, ByteBuffer head) {
    int bytes = headBytes(segment, head);
    if (bytes == 0 || head.remaining() != bytes) {
      return Optional.empty();
    }
    int[] tokens = new int[head.getInt(24)];
    int crcOffset = FIXED_BYTES + tokens.length * Integer.BYTES;
    ByteBuffer covered = head.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (head.getInt(crcOffset) != headCrc(segment, covered.position(0).limit(crcOffset))) {
      return Optional.empty();
    }
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = head.getInt(FIXED_BYTES + i * Integer.BYTES);
    }
    ByteBuffer parent = head.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(32);
    TierKind kind = KINDS[head.getInt(16)];
    TierName name = new TierName(kind, PrefixDigest.read(parent), head.getInt(20), tokens);
    return Optional.of(new Head(name, head.getInt(28), bytes));
  }

  private static int headCrc(SegmentHead segment, ByteBuffer covered) {
    ByteBuffer context = buffer(PrefixDigest.BYTES + Integer.BYTES);
    segment.key().write(context);
    context.putInt(segment.number()).flip();
    CRC32C crc = new CRC32C();
    crc.update(context);
    crc.update(covered);
    return (int) crc.getValue();
  }

  /** Of all that remains in {@code bytes}. */
  static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
