package io.souffleur.actors.wire;

import org.apache.pekko.actor.typed.ActorRef;

/** Turns references to actors into text that other nodes understand, and back. */
interface References {
  /** For values alone: no message with a reference is known. */
  References NONE = new References() {
    @Override
    public String text(ActorRef<?> reference) {
      throw new WireFormatException(reference + " cannot be written without a node");
    }

    @Override
    public ActorRef<?> of(String text) {
      throw new WireFormatException("a reference cannot be read without a node");
    }
  };

  String text(ActorRef<?> reference);

  /** Never fails for a text that once was a reference, whether its actor lives or not. */
  ActorRef<?> of(String text);
}
