package io.souffleur.models;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes small safetensors files, right ones and wrong ones. */
public final class SafeTensorsWriter {
  private SafeTensorsWriter() {}

  /** A file with the given header text and that many data bytes. */
  public static Path write(Path file, String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return write(file, text.length, text, new byte[dataBytes]);
  }

  /** A file whose length field says {@code headerBytes}, whatever the header has. */
  public static Path write(Path file, long headerBytes, byte[] header, byte[] data)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(ByteBuffer.allocate(Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerBytes)
        .array());
    bytes.write(header);
    bytes.write(data);
    return Files.write(file, bytes.toByteArray());
  }

  /** One header entry. */
  public static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }
}
