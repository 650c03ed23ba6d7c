package io.souffleur.transport;

import org.agrona.MutableDirectBuffer;

/**
 * The sending end of a bounded, ordered stream of messages. One thread.
 *
 * <p>Every claim that answers {@link Offer#SENT} is followed by {@link #commit} or {@link #abort}:
 *
 * <pre>{@code
 * Offer claimed = out.claim(bytes);
 * if (claimed != Offer.SENT) {
 *   return claimed;
 * }
 * try {
 *   encode(out.buffer(), out.offset());
 * } catch (RuntimeException failure) {
 *   out.abort();
 *   throw failure;
 * }
 * return out.commit();
 * }</pre>
 */
public interface MessageOut extends AutoCloseable {
  /** Asks for room; anything but {@link Offer#SENT} means that nothing was claimed. */
  Offer claim(int bytes);

  /** Where the claimed message is written; valid until commit or abort. */
  MutableDirectBuffer buffer();

  /** Index of the claimed message's first byte in {@link #buffer}. */
  int offset();

  /** Shows the message to the receiver; a large one may still meet back pressure here. */
  Offer commit();

  /** Gives the claim back unseen. */
  void abort();

  boolean isOpen();

  @Override
  void close();
}
