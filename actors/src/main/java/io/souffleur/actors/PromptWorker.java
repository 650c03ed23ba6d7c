package io.souffleur.actors;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * One thread's worth of template and tokenizer work, one job at a time.
 *
 * <p>An unexpected exception ends the worker; the desk answers for it and starts another. Lives on the
 * prompt dispatcher.
 */
final class PromptWorker {
  /** One job; {@code replyTo} hears the reply, {@code desk} that the worker is free again. */
  record Work(PromptJob job, ActorRef<PromptReply> replyTo, ActorRef<PromptDesk.Command> desk) {}

  private PromptWorker() {}

  static Behavior<Work> create(PromptPreparer preparer) {
    return Behaviors.setup(context -> Behaviors.receiveMessage(work -> {
      work.replyTo().tell(prepared(preparer, work.job()));
      work.desk().tell(new PromptDesk.Free(context.getSelf()));
      return Behaviors.same();
    }));
  }

  /** Too deep a nesting ends the job, not the process. */
  private static PromptReply prepared(PromptPreparer preparer, PromptJob job) {
    try {
      return preparer.prepare(job);
    } catch (StackOverflowError tooDeep) {
      throw new IllegalArgumentException("the prompt is nested too deeply", tooDeep);
    }
  }
}
