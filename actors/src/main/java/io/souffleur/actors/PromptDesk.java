package io.souffleur.actors;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Hands prompt jobs to a fixed number of workers, keeps a bounded number waiting, refuses the rest, and
 * answers for workers that fail.
 */
final class PromptDesk extends AbstractMatchingBehavior<PromptDesk.Command> {
  sealed interface Command {}

  /** Answered by exactly one reply. */
  record Prepare(PromptJob job, ActorRef<PromptReply> replyTo) implements Command {}

  record Free(ActorRef<PromptWorker.Work> worker) implements Command {}

  private final ActorsSettings.Prompt settings;
  private final PromptPreparer preparer;
  private final ArrayDeque<ActorRef<PromptWorker.Work>> idle = new ArrayDeque<>();
  private final Map<ActorRef<?>, Prepare> busy = new HashMap<>();
  private final ArrayDeque<Prepare> waiting = new ArrayDeque<>();
  private int workersMade;

  static Behavior<Command> create(ActorsSettings.Prompt settings, PromptPreparer preparer) {
    return Behaviors.setup(context -> new PromptDesk(context, settings, preparer));
  }

  private PromptDesk(
      ActorContext<Command> context, ActorsSettings.Prompt settings, PromptPreparer preparer) {
    super(context);
    this.settings = settings;
    this.preparer = preparer;
    for (int i = 0; i < settings.workers(); i++) {
      hire();
    }
  }

  private void hire() {
    ActorRef<PromptWorker.Work> worker = getContext()
        .spawn(
            PromptWorker.create(preparer),
            "worker-" + ++workersMade,
            DispatcherSelector.fromConfig(ActorsSettings.PROMPT_DISPATCHER));
    getContext().watch(worker);
    idle.addLast(worker);
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    switch (message) {
      case Prepare prepare -> onPrepare(prepare);
      case Free free -> {
        busy.remove(free.worker());
        idle.addLast(free.worker());
        assign();
      }
    }
    return this;
  }

  private void onPrepare(Prepare prepare) {
    if (idle.isEmpty() && waiting.size() >= settings.waitingMax()) {
      prepare.replyTo().tell(new PromptReply.Busy(settings.waitingMax()));
    } else {
      waiting.addLast(prepare);
      assign();
    }
  }

  private void assign() {
    while (!idle.isEmpty() && !waiting.isEmpty()) {
      Prepare next = waiting.removeFirst();
      ActorRef<PromptWorker.Work> worker = idle.removeFirst();
      busy.put(worker, next);
      worker.tell(new PromptWorker.Work(next.job(), next.replyTo(), getContext().getSelf()));
    }
  }

  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (!(signal instanceof ChildFailed failed)) {
      return Behaviors.unhandled();
    }
    getContext().getLog().error("a prompt worker failed", failed.cause());
    ActorRef<PromptWorker.Work> worker = failed.getRef().unsafeUpcast();
    Prepare job = busy.remove(worker);
    if (job != null) {
      job.replyTo()
          .tell(new PromptReply.WorkerFailed(String.valueOf(failed.cause().getMessage())));
    }
    idle.remove(worker);
    hire();
    assign();
    return this;
  }
}
