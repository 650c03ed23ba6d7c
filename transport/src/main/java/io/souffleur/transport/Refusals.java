package io.souffleur.transport;

import io.souffleur.transport.TransportCounters.Event;

/** Counts why messages were not sent. Stateless. */
final class Refusals {
  private Refusals() {}

  static Offer counted(Offer offer, TransportCounters counters) {
    switch (offer) {
      case BACK_PRESSURED -> counters.add(Event.BACK_PRESSURED);
      case TOO_LARGE -> counters.add(Event.TOO_LARGE);
      case SENT, NOT_CONNECTED, CLOSED -> {}
    }
    return offer;
  }
}
