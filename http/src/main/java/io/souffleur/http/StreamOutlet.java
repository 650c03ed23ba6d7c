package io.souffleur.http;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * Bytes of one stream between the session that writes them and the connection that sends them.
 *
 * <p>Bounded in bytes and events: a client that reads too slowly makes {@link #offer} refuse. One
 * event is always taken when nothing waits, however large it is. Events that wait for the
 * connection travel together, in pieces of at most {@link #WRITE_BYTES_MAX} or one event: what the
 * connection has taken is not counted here any more, so it may not be much. The session's thread
 * writes, the connection's stream reads.
 */
final class StreamOutlet {
  /** What the connection holds while it waits for the client. */
  static final int WRITE_BYTES_MAX = 16 << 10;

  private final int bytesMax;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final BoundedSourceQueue<ByteString> queue;
  private final Source<ByteString, NotUsed> source;

  StreamOutlet(HttpSettings.Streams limits, Materializer materializer) {
    this.bytesMax = limits.bufferBytesMax();
    Pair<BoundedSourceQueue<ByteString>, Source<ByteString, NotUsed>> ends =
        Source.<ByteString>queue(limits.bufferEventsMax()).preMaterialize(materializer);
    this.queue = ends.first();
    this.source = ends.second()
        .batchWeighted(
            WRITE_BYTES_MAX, bytes -> (long) bytes.size(), bytes -> bytes, ByteString::concat)
        .map(this::sent);
  }

  /** What the connection sends; to be run once. */
  Source<ByteString, NotUsed> source() {
    return source;
  }

  /** Takes bytes for the client; false when too many wait already, or nobody reads any more. */
  boolean offer(String text) {
    ByteString bytes = ByteString.fromString(text);
    long before = waitingBytes.getAndAdd(bytes.size());
    boolean fits = before == 0 || before + bytes.size() <= bytesMax;
    if (fits && queue.offer(bytes).isEnqueued()) {
      return true;
    }
    waitingBytes.addAndGet(-bytes.size());
    return false;
  }

  /** Ends the stream after what was taken; nothing if it ended already. */
  void complete() {
    try {
      queue.complete();
    } catch (IllegalStateException endedByTheReader) {
      waitingBytes.set(0);
    }
  }

  /** Breaks the stream off: what waits is thrown away and the connection closed. */
  void fail(String why) {
    try {
      queue.fail(new StreamBrokenException(why));
    } catch (IllegalStateException endedByTheReader) {
      waitingBytes.set(0);
    }
  }

  private ByteString sent(ByteString bytes) {
    waitingBytes.addAndGet(-bytes.size());
    return bytes;
  }

  /** Ends a response on our side; without a stack trace, because it is no bug. */
  static final class StreamBrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StreamBrokenException(String message) {
      super(message, null, false, false);
    }
  }
}
