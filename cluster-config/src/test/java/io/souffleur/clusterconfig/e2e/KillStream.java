package io.souffleur.clusterconfig.e2e;

import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** One request to a killable engine: its tokens and when each came. Read from any thread. */
final class KillStream {
  /** What is asked; equal questions have equal answers. */
  record Question(int[] prompt, int count, SamplingSpec sampling) {}

  private static final long PATIENCE_SECONDS = 120;

  final Question question;
  final RequestId id = new RequestId("kill-" + UUID.randomUUID());
  private final CompletableFuture<GenerationEvent> end = new CompletableFuture<>();
  private int[] tokens = new int[0];
  private long[] arrivalNanos = new long[0];

  private KillStream(Question question) {
    this.question = question;
  }

  static KillStream ask(KillableEngine engine, Question question) {
    return submitted(engine, new KillStream(question), "");
  }

  /** The same where nobody else's prefixes are found, so that every row is computed. */
  static KillStream askAlone(KillableEngine engine, Question question) {
    KillStream stream = new KillStream(question);
    return submitted(engine, stream, stream.id.value());
  }

  /** The same among those who share prefixes in {@code namespace}. */
  static KillStream askIn(KillableEngine engine, String namespace, Question question) {
    return submitted(engine, new KillStream(question), namespace);
  }

  private static KillStream submitted(KillableEngine engine, KillStream stream, String namespace) {
    Question question = stream.question;
    ActorRef<GenerationEvent> owner =
        engine.system.systemActorOf(stream.behavior(), stream.id.value(), Props.empty());
    engine.client.submit(
        new GenerationRequest(
            stream.id,
            question.prompt().clone(),
            new int[0],
            question.sampling(),
            question.count(),
            new int[0],
            OptionalInt.empty(),
            namespace,
            new int[0]),
        owner);
    return stream;
  }

  private Behavior<GenerationEvent> behavior() {
    return Behaviors.receiveMessage(event -> switch (event) {
      case GenerationEvent.Accepted accepted -> Behaviors.same();
      case GenerationEvent.PromptScores scores -> Behaviors.same();
      case GenerationEvent.Tokens more -> {
        append(more.tokens());
        yield Behaviors.same();
      }
      case GenerationEvent.Finished finished -> ended(finished);
      case GenerationEvent.Rejected rejected -> ended(rejected);
      case GenerationEvent.EngineLost lost -> ended(lost);
    });
  }

  private Behavior<GenerationEvent> ended(GenerationEvent event) {
    end.complete(event);
    return Behaviors.stopped();
  }

  private synchronized void append(int[] more) {
    int length = tokens.length;
    tokens = Arrays.copyOf(tokens, length + more.length);
    arrivalNanos = Arrays.copyOf(arrivalNanos, tokens.length);
    System.arraycopy(more, 0, tokens, length, more.length);
    Arrays.fill(arrivalNanos, length, tokens.length, System.nanoTime());
  }

  synchronized int[] tokens() {
    return tokens.clone();
  }

  boolean hasEnded() {
    return end.isDone();
  }

  /** The longest pause between two tokens that has something of a span of time in it; 0 for none. */
  synchronized long silenceNanos(long fromNanos, long toNanos) {
    long longest = 0;
    for (int i = 1; i < arrivalNanos.length; i++) {
      if (arrivalNanos[i - 1] - toNanos <= 0 && arrivalNanos[i] - fromNanos > 0) {
        longest = Math.max(longest, arrivalNanos[i] - arrivalNanos[i - 1]);
      }
    }
    return longest;
  }

  /** The last event. */
  GenerationEvent end() {
    try {
      return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception late) {
      throw new AssertionError(id + " did not end: " + tokens().length + " tokens", late);
    }
  }

  /** All tokens, once the stream has finished; fails when it ended otherwise. */
  int[] await() {
    if (end() instanceof GenerationEvent.Finished) {
      return tokens();
    }
    throw new AssertionError(id + " ended with " + end());
  }
}
