package io.souffleur.transport;

import static io.souffleur.transport.MessageHeader.ORDER;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.step.StepId;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The two rare messages of a rank as bytes, little-endian. Texts are UTF-8.
 *
 * <pre>
 *   failure                                  hello
 *    0 header, 32 bytes                       0 header, 32 bytes; step and attempt are 0
 *   32 text bytes i32                        32 pid i64
 *   36 text                                  40 page bytes i64 | 48 slot bytes i64
 *                                            56 page tokens i32 | 60 pages i32 | 64 slots i32
 *                                            68 fingerprint bytes i32 | 72 version bytes i32
 *                                            76 fingerprint, version
 * </pre>
 *
 * Stateless. Allocates; neither message belongs to a steady step.
 */
final class ReportCodec {
  /** Longer failure texts are cut. */
  static final int FAILURE_TEXT_BYTES_MAX = 4_096;

  private static final int TEXT_BYTES_OFFSET = MessageHeader.BYTES;
  private static final int TEXT_OFFSET = TEXT_BYTES_OFFSET + Integer.BYTES;

  private static final int PID_OFFSET = MessageHeader.BYTES;
  private static final int PAGE_BYTES_OFFSET = PID_OFFSET + Long.BYTES;
  private static final int SLOT_BYTES_OFFSET = PAGE_BYTES_OFFSET + Long.BYTES;
  private static final int PAGE_TOKENS_OFFSET = SLOT_BYTES_OFFSET + Long.BYTES;
  private static final int PAGES_OFFSET = PAGE_TOKENS_OFFSET + Integer.BYTES;
  private static final int SLOTS_OFFSET = PAGES_OFFSET + Integer.BYTES;
  private static final int FINGERPRINT_BYTES_OFFSET = SLOTS_OFFSET + Integer.BYTES;
  private static final int VERSION_BYTES_OFFSET = FINGERPRINT_BYTES_OFFSET + Integer.BYTES;
  private static final int TEXTS_OFFSET = VERSION_BYTES_OFFSET + Integer.BYTES;

  private ReportCodec() {}

  /** Writes at {@code buffer}'s start; returns the length. */
  static int encodeFailure(StepId id, String message, MutableDirectBuffer buffer) {
    byte[] text = utf8(message, FAILURE_TEXT_BYTES_MAX);
    int bytes = TEXT_OFFSET + text.length;
    MessageHeader.write(
        buffer,
        0,
        MessageHeader.FAILURE,
        bytes,
        id.epoch(),
        id.incarnation(),
        id.step(),
        id.attempt());
    buffer.putInt(TEXT_BYTES_OFFSET, text.length, ORDER);
    buffer.putBytes(TEXT_OFFSET, text);
    return bytes;
  }

  static Optional<String> decodeFailure(DirectBuffer buffer, int offset, int length) {
    if (length < TEXT_OFFSET
        || buffer.getInt(offset + TEXT_BYTES_OFFSET, ORDER) != length - TEXT_OFFSET) {
      return Optional.empty();
    }
    return text(buffer, offset + TEXT_OFFSET, length - TEXT_OFFSET);
  }

  /** Writes at {@code buffer}'s start; returns the length. */
  static int encodeHello(StepAddress from, RankHello hello, MutableDirectBuffer buffer) {
    byte[] fingerprint = utf8(hello.fingerprint(), RankHello.TEXT_BYTES_MAX);
    byte[] version = utf8(hello.version(), RankHello.TEXT_BYTES_MAX);
    int bytes = TEXTS_OFFSET + fingerprint.length + version.length;
    MessageHeader.write(
        buffer, 0, MessageHeader.HELLO, bytes, from.epoch(), from.incarnation(), 0, 0);
    buffer.putLong(PID_OFFSET, hello.pid(), ORDER);
    buffer.putLong(PAGE_BYTES_OFFSET, hello.layout().pageBytes(), ORDER);
    buffer.putLong(SLOT_BYTES_OFFSET, hello.layout().slotBytes(), ORDER);
    buffer.putInt(PAGE_TOKENS_OFFSET, hello.layout().pageTokens(), ORDER);
    buffer.putInt(PAGES_OFFSET, hello.capacity().pages(), ORDER);
    buffer.putInt(SLOTS_OFFSET, hello.capacity().slots(), ORDER);
    buffer.putInt(FINGERPRINT_BYTES_OFFSET, fingerprint.length, ORDER);
    buffer.putInt(VERSION_BYTES_OFFSET, version.length, ORDER);
    buffer.putBytes(TEXTS_OFFSET, fingerprint);
    buffer.putBytes(TEXTS_OFFSET + fingerprint.length, version);
    return bytes;
  }

  static Optional<RankHello> decodeHello(DirectBuffer buffer, int offset, int length) {
    if (length < TEXTS_OFFSET) {
      return Optional.empty();
    }
    int fingerprintBytes = buffer.getInt(offset + FINGERPRINT_BYTES_OFFSET, ORDER);
    int versionBytes = buffer.getInt(offset + VERSION_BYTES_OFFSET, ORDER);
    if (!isTextLength(fingerprintBytes)
        || !isTextLength(versionBytes)
        || TEXTS_OFFSET + fingerprintBytes + versionBytes != length) {
      return Optional.empty();
    }
    int textAt = offset + TEXTS_OFFSET;
    return text(buffer, textAt, fingerprintBytes)
        .flatMap(fingerprint -> text(buffer, textAt + fingerprintBytes, versionBytes)
            .flatMap(version -> hello(buffer, offset, fingerprint, version)));
  }

  private static boolean isTextLength(int bytes) {
    return bytes >= 0 && bytes <= RankHello.TEXT_BYTES_MAX;
  }

  private static Optional<RankHello> hello(
      DirectBuffer buffer, int offset, String fingerprint, String version) {
    try {
      CacheLayout layout = new CacheLayout(
          buffer.getInt(offset + PAGE_TOKENS_OFFSET, ORDER),
          buffer.getLong(offset + PAGE_BYTES_OFFSET, ORDER),
          buffer.getLong(offset + SLOT_BYTES_OFFSET, ORDER));
      CacheCapacity capacity = new CacheCapacity(
          buffer.getInt(offset + PAGES_OFFSET, ORDER), buffer.getInt(offset + SLOTS_OFFSET, ORDER));
      long pid = buffer.getLong(offset + PID_OFFSET, ORDER);
      return Optional.of(new RankHello(pid, layout, capacity, fingerprint, version));
    } catch (IllegalArgumentException valueOutOfRange) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(DirectBuffer buffer, int offset, int bytes) {
    byte[] copy = new byte[bytes];
    buffer.getBytes(offset, copy);
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(copy)).toString());
    } catch (CharacterCodingException notText) {
      return Optional.empty();
    }
  }

  /** At most {@code bytesMax} bytes, cut between characters. */
  private static byte[] utf8(String text, int bytesMax) {
    ByteBuffer out = ByteBuffer.allocate(bytesMax);
    StandardCharsets.UTF_8
        .newEncoder()
        .onMalformedInput(java.nio.charset.CodingErrorAction.REPLACE)
        .encode(CharBuffer.wrap(text), out, true);
    return Arrays.copyOf(out.array(), out.position());
  }
}
