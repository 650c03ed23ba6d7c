package io.souffleur.multimodal.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The body of a response, counted as it comes: what the head announces only ever makes it end earlier.
 *
 * <p>Never decompressed. A length and chunks at once, several lengths, or an encoding that was not asked
 * for are refused.
 */
final class HttpBody {
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
  private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,8})[ \t]*(;.*)?");
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int TRAILER_BYTES_MAX = 4 * 1024;
  private static final int CHUNK_HEAD_BYTES_MAX = 256;

  private final InputStream in;
  private final ByteSink sink;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  private HttpBody(InputStream in, ByteSink sink) {
    this.in = in;
    this.sink = sink;
  }

  static void read(InputStream in, HttpHead head, ByteSink sink) throws IOException, MediaRefused {
    List<String> encodings = head.all("content-encoding").stream()
        .filter(name -> !name.isEmpty() && !name.equalsIgnoreCase("identity"))
        .toList();
    if (!encodings.isEmpty()) {
      throw new MediaRefused(
          MediaRefused.Reason.UNSUPPORTED,
          "the server compresses its answer although it was asked not to");
    }
    var body = new HttpBody(in, sink);
    List<String> transfer = head.all("transfer-encoding");
    List<String> lengths = head.all("content-length").stream().distinct().toList();
    if (!transfer.isEmpty()) {
      if (transfer.size() > 1
          || !transfer.getFirst().equalsIgnoreCase("chunked")
          || !lengths.isEmpty()) {
        throw MediaRefused.unreachable("the server's answer is framed in a way that is not read");
      }
      body.readChunks();
    } else if (lengths.isEmpty()) {
      body.readToEnd();
    } else if (lengths.size() == 1 && LENGTH.matcher(lengths.getFirst()).matches()) {
      long length = Long.parseLong(lengths.getFirst());
      sink.checkAnnounced(length);
      body.readExactly(length);
    } else {
      throw MediaRefused.unreachable("the server's answer has a broken length");
    }
  }

  private void readToEnd() throws IOException, MediaRefused {
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      sink.add(buffer, count);
    }
  }

  private void readExactly(long length) throws IOException, MediaRefused {
    long left = length;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        throw MediaRefused.unreachable("the server closed the connection before the end");
      }
      sink.add(buffer, count);
      left -= count;
    }
  }

  private void readChunks() throws IOException, MediaRefused {
    while (true) {
      var match = CHUNK.matcher(new HttpHead.Lines(in, CHUNK_HEAD_BYTES_MAX).next());
      if (!match.matches()) {
        throw MediaRefused.unreachable("the server's answer has a broken chunk");
      }
      long length = Long.parseLong(match.group(1), 16);
      if (length == 0) {
        break;
      }
      sink.checkAnnounced(length);
      readExactly(length);
      if (!new HttpHead.Lines(in, 2).next().isEmpty()) {
        throw MediaRefused.unreachable("the server's answer has a broken chunk");
      }
    }
    var trailer = new HttpHead.Lines(in, TRAILER_BYTES_MAX);
    while (!trailer.next().isEmpty()) {
      // trailers say nothing that is needed here
    }
  }
}
