package io.souffleur.transport;

import org.agrona.DirectBuffer;

/** The receiving end of a bounded, ordered stream of messages. One thread. */
public interface MessageIn extends AutoCloseable {
  /** Sees one whole message; the bytes are gone after it returns. */
  @FunctionalInterface
  interface Handler {
    void onMessage(DirectBuffer buffer, int offset, int length);
  }

  /** Delivers at most {@code limit} messages or parts of large ones; returns how many were taken. */
  int poll(Handler handler, int limit);

  boolean isOpen();

  @Override
  void close();
}
