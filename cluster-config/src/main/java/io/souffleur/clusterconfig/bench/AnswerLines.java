package io.souffleur.clusterconfig.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The lines of an answer, each as soon as its end has come. One thread uses it. */
final class AnswerLines {
  /** Room for the longest whole answer; a longer line is an error. */
  static final int LINE_BYTES_MAX = 64 << 20;

  private static final int BUFFER_BYTES = 64 << 10;

  private final InputStream in;
  private final int lineBytesMax;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteArrayOutputStream started = new ByteArrayOutputStream();
  private int next;
  private int end;

  AnswerLines(InputStream in, int lineBytesMax) {
    this.in = in;
    this.lineBytesMax = lineBytesMax;
  }

  /** The next line without its end, blocking until it is whole; empty at the end of the answer. */
  Optional<String> next() throws IOException {
    started.reset();
    while (true) {
      int newline = newline();
      take(newline);
      if (newline < end) {
        next = newline + 1;
        return Optional.of(started.toString(StandardCharsets.UTF_8));
      }
      next = 0;
      end = in.read(buffer);
      if (end < 0) {
        end = 0;
        return started.size() == 0
            ? Optional.empty()
            : Optional.of(started.toString(StandardCharsets.UTF_8));
      }
    }
  }

  /** Where the next newline stands, or {@code end}. */
  private int newline() {
    int index = next;
    while (index < end && buffer[index] != '\n') {
      index++;
    }
    return index;
  }

  private void take(int limit) throws IOException {
    if (started.size() + limit - next > lineBytesMax) {
      throw new IOException("a line of the answer has more than " + lineBytesMax + " bytes");
    }
    started.write(buffer, next, limit - next);
  }
}
