package io.souffleur.actors.wire;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads and writes counts and texts, none beyond its limit or beyond the bytes that are left. */
record Bounds(WireLimits limits) {
  void writeCount(Output output, int count) {
    if (count > limits.elementsMax()) {
      throw new WireFormatException(
          count + " elements, allowed are at most " + limits.elementsMax());
    }
    output.writeInt(count);
  }

  /** @param elementBytes fewest bytes that one element takes, at least 1 */
  int readCount(Input input, int elementBytes) {
    int count = input.readInt();
    if (count < 0 || count > limits.elementsMax()) {
      throw new WireFormatException(
          "a count of " + count + ", allowed are 0 to " + limits.elementsMax());
    }
    requireLeft(input, (long) count * elementBytes);
    return count;
  }

  void writeText(Output output, String text) {
    write(output, text.getBytes(StandardCharsets.UTF_8), "a text");
  }

  /** As many as a text may have. */
  void writeBytes(Output output, byte[] bytes) {
    write(output, bytes, "an array");
  }

  private void write(Output output, byte[] bytes, String noun) {
    if (bytes.length > limits.textBytesMax()) {
      throw new WireFormatException(
          noun + " of " + bytes.length + " B, allowed are at most " + limits.textBytesMax());
    }
    output.writeInt(bytes.length);
    output.writeBytes(bytes);
  }

  byte[] readBytes(Input input) {
    return input.readBytes(readLength(input, "an array"));
  }

  private int readLength(Input input, String noun) {
    int bytes = input.readInt();
    if (bytes < 0 || bytes > limits.textBytesMax()) {
      throw new WireFormatException(
          noun + " of " + bytes + " B, allowed are 0 to " + limits.textBytesMax());
    }
    requireLeft(input, bytes);
    return bytes;
  }

  String readText(Input input) {
    int bytes = readLength(input, "a text");
    ByteBuffer encoded = ByteBuffer.wrap(input.getBuffer(), input.position(), bytes);
    input.setPosition(input.position() + bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(encoded).toString();
    } catch (CharacterCodingException failure) {
      throw new WireFormatException("a text that is not UTF-8", failure);
    }
  }

  private static void requireLeft(Input input, long bytes) {
    int left = input.limit() - input.position();
    if (bytes > left) {
      throw new WireFormatException("a part needs " + bytes + " B, " + left + " B are left");
    }
  }
}
