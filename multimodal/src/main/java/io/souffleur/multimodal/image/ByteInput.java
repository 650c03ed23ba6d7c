package io.souffleur.multimodal.image;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.function.BooleanSupplier;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An array as a reader's input, without the copy that ImageIO's own memory stream keeps.
 *
 * <p>It knows its length, so that readers can check a claimed length against it. Now and then, as it is
 * read, it asks whether the reader should stop, and whether the reading thread has allocated more than
 * the image explains: a few bytes can make a decoder build a table for each of 65,536 codes. Used by the
 * thread that made it.
 */
final class ByteInput extends ImageInputStreamImpl {
  private static final int READS_PER_CHECK = 256;

  private final byte[] bytes;
  private final BooleanSupplier stop;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long allocatedMax;
  private int reads;
  private boolean greedy;

  /** @param allocationMax bytes that the thread may allocate from now on */
  ByteInput(byte[] bytes, long allocationMax, BooleanSupplier stop) {
    this.bytes = bytes;
    this.stop = stop;
    this.allocatedMax = threads.getCurrentThreadAllocatedBytes() + allocationMax;
  }

  /** Whether reading was ended for the memory it took. */
  boolean greedy() {
    return greedy;
  }

  private void check() throws IOException {
    if (stop.getAsBoolean()) {
      throw new IOException("stopped");
    }
    if (threads.getCurrentThreadAllocatedBytes() > allocatedMax) {
      greedy = true;
      throw new IOException("it takes more memory than its extent explains");
    }
  }

  @Override
  public int read() throws IOException {
    if (++reads % READS_PER_CHECK == 0) {
      check();
    }
    bitOffset = 0;
    if (streamPos >= bytes.length) {
      return -1;
    }
    return bytes[(int) streamPos++] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int count) throws IOException {
    check();
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
