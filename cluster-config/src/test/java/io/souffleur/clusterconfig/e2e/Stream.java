package io.souffleur.clusterconfig.e2e;

import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** One request to an engine and all it answers; read from any thread. */
final class Stream {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final CompletableFuture<GenerationEvent> end = new CompletableFuture<>();
  private int[] tokens = new int[0];

  /** Asks for exactly {@code count} tokens: no stop token ends it. */
  static Stream ask(RunningNode node, int[] prompt, int count, SamplingSpec sampling) {
    return ask(node, prompt, count, sampling, "");
  }

  /** The same where nobody else's prefixes are found, so that every row is computed. */
  static Stream askAlone(RunningNode node, int[] prompt, int count, SamplingSpec sampling) {
    return ask(node, prompt, count, sampling, UUID.randomUUID().toString());
  }

  private static Stream ask(
      RunningNode node, int[] prompt, int count, SamplingSpec sampling, String namespace) {
    Stream stream = new Stream();
    String name = "stream-" + UUID.randomUUID();
    ActorRef<GenerationEvent> owner =
        node.system().systemActorOf(stream.behavior(), name, Props.empty());
    node.client()
        .submit(
            new GenerationRequest(
                new RequestId(name),
                prompt,
                new int[0],
                sampling,
                count,
                new int[0],
                OptionalInt.empty(),
                namespace,
                new int[0]),
            owner);
    return stream;
  }

  private Behavior<GenerationEvent> behavior() {
    return Behaviors.receiveMessage(event -> {
      switch (event) {
        case GenerationEvent.Accepted accepted -> {}
        case GenerationEvent.PromptScores scores -> {}
        case GenerationEvent.Tokens more -> append(more.tokens());
        case GenerationEvent.Finished finished -> end.complete(finished);
        case GenerationEvent.Rejected rejected -> end.complete(rejected);
        case GenerationEvent.EngineLost lost -> end.complete(lost);
      }
      return Behaviors.same();
    });
  }

  private synchronized void append(int[] more) {
    int length = tokens.length;
    tokens = Arrays.copyOf(tokens, length + more.length);
    System.arraycopy(more, 0, tokens, length, more.length);
  }

  /** Tokens so far. */
  synchronized int[] tokens() {
    return tokens.clone();
  }

  /** All tokens, once the stream has finished; fails when it ended otherwise. */
  int[] await() {
    try {
      GenerationEvent last = end.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (!(last instanceof GenerationEvent.Finished)) {
        throw new AssertionError("the stream ended with " + last);
      }
      return tokens();
    } catch (Exception late) {
      throw new AssertionError("the stream did not end: " + tokens().length + " tokens", late);
    }
  }
}
