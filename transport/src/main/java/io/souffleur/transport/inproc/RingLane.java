package io.souffleur.transport.inproc;

import io.souffleur.transport.MessageIn;
import io.souffleur.transport.MessageOut;
import io.souffleur.transport.Offer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * One direction of messages through a ring in memory: one sending thread, one receiving thread.
 *
 * <p>Order and content depend on nothing but the calls, so a test can replay a run.
 */
final class RingLane implements MessageOut, MessageIn {
  private static final int TYPE = 1;

  private final RingBuffer ring;
  private final MessageHandler ringHandler = this::onRing;
  private int claimedIndex;
  private Handler handler;
  private volatile boolean open = true;

  /** @param capacityBytes a power of two; a message takes at most an eighth */
  RingLane(int capacityBytes) {
    ring = new OneToOneRingBuffer(new UnsafeBuffer(BufferUtil.allocateDirectAligned(
        capacityBytes + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH)));
  }

  @Override
  public Offer claim(int bytes) {
    if (!open) {
      return Offer.CLOSED;
    }
    if (bytes > ring.maxMsgLength()) {
      return Offer.TOO_LARGE;
    }
    claimedIndex = ring.tryClaim(TYPE, bytes);
    return claimedIndex > 0 ? Offer.SENT : Offer.BACK_PRESSURED;
  }

  @Override
  public MutableDirectBuffer buffer() {
    return ring.buffer();
  }

  @Override
  public int offset() {
    return claimedIndex;
  }

  @Override
  public Offer commit() {
    ring.commit(claimedIndex);
    return Offer.SENT;
  }

  @Override
  public void abort() {
    ring.abort(claimedIndex);
  }

  @Override
  public int poll(Handler newHandler, int limit) {
    if (!open) {
      return 0;
    }
    handler = newHandler;
    return ring.read(ringHandler, limit);
  }

  private void onRing(int type, MutableDirectBuffer buffer, int index, int length) {
    handler.onMessage(buffer, index, length);
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
