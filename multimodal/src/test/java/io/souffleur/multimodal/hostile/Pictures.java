package io.souffleur.multimodal.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Files of every format, put together from parts that may be wrong. */
public final class Pictures {
  private static final byte[] PNG_SIGNATURE = bytes(0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n');

  private Pictures() {}

  /** A sound picture of the test resources. */
  public static byte[] sound(String name) {
    try (InputStream in =
        Pictures.class.getResourceAsStream("/io/souffleur/multimodal/pictures/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] bytes(int... values) {
    var bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  public static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  public static byte[] join(byte[]... parts) {
    var whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }

  public static byte[] repeated(byte[] part, int times) {
    var whole = new ByteArrayOutputStream(part.length * times);
    for (int i = 0; i < times; i++) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }

  public static byte[] big(int... numbers) {
    var buffer = ByteBuffer.allocate(numbers.length * Integer.BYTES);
    for (int number : numbers) {
      buffer.putInt(number);
    }
    return buffer.array();
  }

  public static byte[] little(int... numbers) {
    var buffer = ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : numbers) {
      buffer.putInt(number);
    }
    return buffer.array();
  }

  public static byte[] little16(int... numbers) {
    var buffer = ByteBuffer.allocate(numbers.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : numbers) {
      buffer.putShort((short) number);
    }
    return buffer.array();
  }

  static byte[] little24(int number) {
    return bytes(number, number >> 8, number >> 16);
  }

  /** {@code size} zeros, deflated: about a thousandth of it. */
  public static byte[] deflatedZeros(int size) {
    var deflater = new Deflater(9);
    deflater.setInput(new byte[size]);
    deflater.finish();
    var packed = new ByteArrayOutputStream();
    var buffer = new byte[8192];
    while (!deflater.finished()) {
      packed.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return packed.toByteArray();
  }

  public static byte[] png(byte[]... chunks) {
    return join(PNG_SIGNATURE, join(chunks));
  }

  static byte[] chunk(String type, byte[] data) {
    return chunk(type, data.length, data);
  }

  static byte[] chunk(String type, int claimed, byte[] data) {
    byte[] body = join(text(type), data);
    var crc = new CRC32();
    crc.update(body);
    return join(big(claimed), body, big((int) crc.getValue()));
  }

  /** @param colour 0 grey, 2 RGB, 3 palette, 6 RGBA */
  public static byte[] header(int width, int height, int depth, int colour) {
    return chunk("IHDR", join(big(width, height), bytes(depth, colour, 0, 0, 0)));
  }

  static byte[] end() {
    return chunk("IEND", new byte[0]);
  }

  /** A grey picture of that claimed size with a little data. */
  public static byte[] greyPng(int width, int height) {
    return png(header(width, height, 8, 0), chunk("IDAT", deflatedZeros(1000)), end());
  }

  /** A palette picture with another chunk before its data. */
  static byte[] palettePng(byte[] chunk) {
    return png(
        header(4, 4, 8, 3),
        chunk("PLTE", new byte[6]),
        chunk,
        chunk("IDAT", deflatedZeros(20)),
        end());
  }

  static byte[] segment(int marker, byte[] data) {
    int length = data.length + 2;
    return join(bytes(0xff, marker, length >> 8, length), data);
  }

  /** Start of frame with three components. */
  static byte[] frame(int marker, int precision, int width, int height) {
    return segment(
        marker,
        bytes(
            precision,
            height >> 8,
            height,
            width >> 8,
            width,
            3,
            1,
            0x22,
            0,
            2,
            0x11,
            1,
            3,
            0x11,
            1));
  }

  static byte[] jpeg(byte[]... segments) {
    return join(bytes(0xff, 0xd8), join(segments), bytes(0xff, 0xd9));
  }

  /** The sound JPEG with {@code inserted} behind its first two bytes. */
  static byte[] jpegWith(byte[] inserted) {
    byte[] sound = sound("baseline.jpg");
    return join(bytes(0xff, 0xd8), inserted, Arrays.copyOfRange(sound, 2, sound.length));
  }

  /** The sound JPEG with another extent, precision or kind in its start of frame. */
  static byte[] jpegWithFrame(int at, int value) {
    byte[] file = sound("baseline.jpg");
    for (int i = 2; i < file.length - 9; i++) {
      if ((file[i] & 0xff) == 0xff && (file[i + 1] & 0xff) == 0xc0) {
        file[i + at] = (byte) (value >> 8);
        file[i + at + 1] = (byte) value;
        return file;
      }
    }
    throw new IllegalStateException("the sound JPEG has no baseline frame");
  }

  static byte[] exif(byte[] entry) {
    return segment(0xe1, join(text("Exif\0\0MM\0*"), big(8), bytes(0, 1), entry, big(0)));
  }

  static byte[] gif(int width, int height, byte[]... blocks) {
    return join(
        text("GIF89a"), little16(width, height), bytes(0x80, 0, 0), new byte[6], join(blocks));
  }

  static byte[] gifFrame(int width, int height, byte[] data) {
    return join(bytes(0x2c), little16(0, 0, width, height), bytes(0), data);
  }

  /** One pixel, compressed. */
  static byte[] gifPixel() {
    return bytes(2, 2, 0x44, 0x01, 0);
  }

  static byte[] webp(byte[]... chunks) {
    byte[] body = join(text("WEBP"), join(chunks));
    return join(text("RIFF"), little(body.length), body);
  }

  static byte[] riff(String type, byte[] data) {
    return join(text(type), little(data.length), data, new byte[data.length & 1]);
  }

  static byte[] canvas(int flags, int width, int height) {
    return riff("VP8X", join(little(flags), little24(width - 1), little24(height - 1)));
  }

  static byte[] lossless(int width, int height) {
    int sides = (width - 1) & 0x3fff | ((height - 1) & 0x3fff) << 14;
    return riff("VP8L", join(bytes(0x2f), little(sides), new byte[64]));
  }

  static byte[] lossy(int width, int height) {
    return riff(
        "VP8 ", join(bytes(0x10, 0, 0, 0x9d, 0x01, 0x2a), little16(width, height), new byte[64]));
  }

  static byte[] animationFrame(int width, int height, byte[] stream) {
    return riff(
        "ANMF",
        join(
            little24(0),
            little24(0),
            little24(width - 1),
            little24(height - 1),
            little24(10),
            bytes(0),
            stream));
  }

  public static byte[] bmp(int width, int height, int bits, int compression, byte[] pixels) {
    return bmp(40, 54, width, height, bits, compression, 0, pixels);
  }

  static byte[] bmp(
      int headerBytes,
      int offset,
      int width,
      int height,
      int bits,
      int compression,
      int colours,
      byte[] pixels) {
    return join(
        text("BM"),
        little(54 + pixels.length, 0, offset, headerBytes, width, height),
        little16(1, bits),
        little(compression, pixels.length, 0, 0, colours, 0),
        pixels);
  }
}
