package io.souffleur.actors;

import java.util.List;

/**
 * What an actor of one node says to an actor of another: commands of this module, each with a reference
 * to whoever hears the answer.
 */
public final class NodeMessages {
  private NodeMessages() {}

  /** All of them; the order is that of their numbers on the wire. */
  public static List<Class<? extends Record>> envelopes() {
    return List.of(ReplicaRouter.Submit.class, ReplicaRouter.Abort.class, PromptDesk.Prepare.class);
  }
}
