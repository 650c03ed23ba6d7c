package io.souffleur.transport;

import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;

/** Messages out of a subscription, large ones put together again. One thread. */
final class AeronIn implements MessageIn {
  private final Subscription subscription;
  private final FragmentAssembler assembler = new FragmentAssembler(this::onFragment);

  /** Set for the time of a poll only. */
  private Handler handler;

  AeronIn(Subscription subscription) {
    this.subscription = subscription;
  }

  @Override
  public int poll(Handler newHandler, int limit) {
    handler = newHandler;
    return subscription.poll(assembler, limit);
  }

  private void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
    handler.onMessage(buffer, offset, length);
  }

  @Override
  public boolean isOpen() {
    return !subscription.isClosed();
  }

  @Override
  public void close() {
    subscription.close();
  }
}
