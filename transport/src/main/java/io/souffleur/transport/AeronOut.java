package io.souffleur.transport;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Messages into an exclusive publication: small ones in place, larger ones encoded aside and cut into
 * fragments. One thread; the buffer for large ones grows to the largest and stays.
 */
final class AeronOut implements MessageOut {
  private final ExclusivePublication publication;
  private final int inlineBytesMax;
  private final BufferClaim claim = new BufferClaim();
  private final UnsafeBuffer aside = new UnsafeBuffer(new byte[0]);
  private int asideBytes;

  AeronOut(ExclusivePublication publication, int inlineBytesMax) {
    this.publication = publication;
    this.inlineBytesMax = Math.min(inlineBytesMax, publication.maxPayloadLength());
  }

  @Override
  public Offer claim(int bytes) {
    if (bytes > publication.maxMessageLength()) {
      return Offer.TOO_LARGE;
    }
    if (bytes > inlineBytesMax) {
      if (aside.capacity() < bytes) {
        aside.wrap(new byte[Math.max(bytes, aside.capacity() * 2)]);
      }
      asideBytes = bytes;
      return publication.isConnected() ? Offer.SENT : notConnected();
    }
    asideBytes = 0;
    return outcome(publication.tryClaim(bytes, claim));
  }

  private Offer notConnected() {
    return publication.isClosed() ? Offer.CLOSED : Offer.NOT_CONNECTED;
  }

  @Override
  public MutableDirectBuffer buffer() {
    return asideBytes > 0 ? aside : claim.buffer();
  }

  @Override
  public int offset() {
    return asideBytes > 0 ? 0 : claim.offset();
  }

  @Override
  public Offer commit() {
    if (asideBytes > 0) {
      return outcome(publication.offer(aside, 0, asideBytes));
    }
    claim.commit();
    return Offer.SENT;
  }

  @Override
  public void abort() {
    if (asideBytes == 0) {
      claim.abort();
    }
  }

  private static Offer outcome(long position) {
    if (position > 0) {
      return Offer.SENT;
    }
    if (position == Publication.BACK_PRESSURED || position == Publication.ADMIN_ACTION) {
      return Offer.BACK_PRESSURED;
    }
    return position == Publication.NOT_CONNECTED ? Offer.NOT_CONNECTED : Offer.CLOSED;
  }

  @Override
  public boolean isOpen() {
    return !publication.isClosed();
  }

  @Override
  public void close() {
    publication.close();
  }
}
