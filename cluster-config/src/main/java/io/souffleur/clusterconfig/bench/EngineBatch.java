package io.souffleur.clusterconfig.bench;

import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.launch.RunningNode;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;

/**
 * Sends one batch to an engine and waits for all of it. Every round has prompts of its own, so that no
 * cache of prefixes can help.
 *
 * <p>Used by the main thread.
 */
final class EngineBatch {
  private static final String GENERATOR = "L64X128MixRandom";

  private final RunningNode node;
  private final BatchShape shape;
  private final long seed;

  EngineBatch(RunningNode node, BatchShape shape, long seed) {
    this.node = node;
    this.shape = shape;
    this.seed = seed;
  }

  /** @param round seeds the prompts together with the seed of the run */
  BatchTimes run(int round) throws LaunchError, InterruptedException {
    String name = "bench-" + UUID.randomUUID();
    RandomGenerator random = RandomGeneratorFactory.of(GENERATOR).create(seed * 1_000_003L + round);
    List<RequestId> ids = new ArrayList<>();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < shape.batch(); i++) {
      RequestId id = new RequestId(name + "-" + i);
      ids.add(id);
      requests.add(new GenerationRequest(
          id,
          random
              .ints(shape.inputTokens(), 0, node.client().model().vocabularySize())
              .toArray(),
          new int[0],
          SamplingSpec.GREEDY,
          shape.outputTokens(),
          new int[0]));
    }
    CompletableFuture<long[][]> end = new CompletableFuture<>();
    ActorRef<GenerationEvent> owner = node.system()
        .systemActorOf(BatchOwner.create(ids, shape.outputTokens(), end), name, Props.empty());
    long startNanos = System.nanoTime();
    requests.forEach(request -> node.client().submit(request, owner));
    try {
      return new BatchTimes(startNanos, end.get());
    } catch (ExecutionException failed) {
      throw new LaunchError(failed.getCause().getMessage());
    }
  }
}
