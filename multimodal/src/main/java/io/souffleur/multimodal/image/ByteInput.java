package io.souffleur.multimodal.image;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An array as a reader's input, without the copy that ImageIO's own memory stream keeps.
 *
 * <p>It knows its length, so that readers can check a claimed length against it, and it fails as soon as
 * the reader should stop.
 */
final class ByteInput extends ImageInputStreamImpl {
  private final byte[] bytes;
  private final BooleanSupplier stop;

  ByteInput(byte[] bytes, BooleanSupplier stop) {
    this.bytes = bytes;
    this.stop = stop;
  }

  @Override
  public int read() throws IOException {
    bitOffset = 0;
    if (streamPos >= bytes.length) {
      return -1;
    }
    return bytes[(int) streamPos++] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int count) throws IOException {
    if (stop.getAsBoolean()) {
      throw new IOException("stopped");
    }
    bitOffset = 0;
    if (count == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      return -1;
    }
    int taken = (int) Math.min(count, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, into, offset, taken);
    streamPos += taken;
    return taken;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
