package io.souffleur.clusterconfig.bench;

import java.io.IOException;
import java.io.InputStream;

/**
 * The body within the bytes of a connection: one part of known length, or chunks.
 *
 * <p>An end of the connection before the end of the body is an error. One thread uses it.
 */
final class BodyStream extends InputStream {
  private final InputStream in;
  private final boolean chunked;
  private long partBytes;
  private boolean begun;
  private boolean ended;

  private BodyStream(InputStream in, boolean chunked, long partBytes) {
    this.in = in;
    this.chunked = chunked;
    this.partBytes = partBytes;
  }

  static BodyStream ofLength(InputStream in, long bytes) {
    return new BodyStream(in, false, bytes);
  }

  static BodyStream ofChunks(InputStream in) {
    return new BodyStream(in, true, 0);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (partBytes == 0 && !ended) {
      nextPart();
    }
    if (ended) {
      return -1;
    }
    int count = in.read(target, offset, (int) Math.min(length, partBytes));
    if (count < 0) {
      throw new IOException("the connection was closed before the answer ended");
    }
    partBytes -= count;
    return count;
  }

  private void nextPart() throws IOException {
    if (!chunked) {
      ended = true;
      return;
    }
    if (begun) {
      HttpCall.line(in);
    }
    begun = true;
    String size = HttpCall.line(in).split(";", 2)[0].strip();
    if (!size.matches("[0-9a-fA-F]{1,15}")) {
      throw new IOException("the size of a chunk is not a number: '" + size + "'");
    }
    partBytes = Long.parseLong(size, 16);
    ended = partBytes == 0;
  }
}
