package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationEvent.Accepted;
import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationEvent.Tokens;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.scheduler.EngineSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.awaitility.Awaitility;

/** One engine with the hash model under a guardian of its own, and what a client does with it. */
final class TestEngine {
  static final CacheCapacity CAPACITY = new CacheCapacity(400, 32);
  static final EngineSettings LIMITS = limits(16);

  static EngineSettings limits(int queuedMax) {
    return new EngineSettings(1_000, 12, 32, queuedMax, 1 << 20);
  }

  final ActorTestKit kit;
  final EngineClient client;
  final ActorRef<Void> guardian;
  final BlockingQueue<String> stuckThreads;

  TestEngine(ActorTestKit kit, ActorsSettings settings, ReplicaParts.RankSupply supply) {
    this(kit, settings, new ReplicaParts(LIMITS, HashModel.LAYOUT, CAPACITY, supply));
  }

  TestEngine(ActorTestKit kit, ActorsSettings settings, ReplicaParts parts) {
    this.kit = kit;
    BlockingQueue<String> stuck = new LinkedBlockingQueue<>();
    CompletableFuture<EngineClient> made = new CompletableFuture<>();
    Behavior<Void> parent = Behaviors.setup(context -> {
      made.complete(
          EngineNode.spawn(context, settings, FakeText.CARD, FakeText.assets(), parts, stuck::add));
      return Behaviors.empty();
    });
    guardian = kit.spawn(parent);
    client = made.join();
    stuckThreads = stuck;
  }

  TestEngine started() {
    EngineStatus status = client
        .whenStarted()
        .toCompletableFuture()
        .orTimeout(30, java.util.concurrent.TimeUnit.SECONDS)
        .join();
    assertEquals(EngineStatus.Phase.READY, status.phase(), status.detail());
    return this;
  }

  Stream submit(String id, int promptTokens, int newTokens) {
    return new Stream(id, promptTokens, newTokens);
  }

  Stream submit(String id, int[] prompt, int newTokens) {
    return new Stream(id, prompt, newTokens);
  }

  /** The prompt that a stream of this name and length has. */
  static int[] prompt(String id, int promptTokens) {
    return new Random(id.hashCode()).ints(promptTokens, 0, HashModel.VOCABULARY).toArray();
  }

  /** Kills an actor below the guardian from outside, in the middle of whatever it does. */
  void kill(String path) {
    Adapter.toClassic(kit.system())
        .actorSelection(guardian.path().toStringWithoutAddress() + "/" + path)
        .tell(
            org.apache.pekko.actor.Kill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
  }

  void awaitReady(long epochMin) {
    await(() -> client.status().ready() && client.status().epoch() >= epochMin);
  }

  /** Everything is free again. */
  void assertNothingLeaks() {
    await(() -> client.status().counter("pages-free") == CAPACITY.pages()
        && client.status().counter("slots-used") == 0
        && client.status().running() + client.status().waiting() == 0);
  }

  static void await(BooleanSupplier condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(2))
        .until(condition::getAsBoolean);
  }

  void stop() {
    kit.stop(guardian, Duration.ofSeconds(30));
  }

  /** A client's side of one request: owns the tokens and submits again when the engine is lost. */
  final class Stream {
    final RequestId id;
    final TestProbe<GenerationEvent> probe = kit.createTestProbe(GenerationEvent.class);
    final int[] prompt;
    final int newTokens;
    final long seed;
    int[] tokens = new int[0];
    int timesLost;
    long epoch;

    Stream(String id, int promptTokens, int newTokens) {
      this(id, prompt(id, promptTokens), newTokens);
    }

    Stream(String id, int[] prompt, int newTokens) {
      this.id = new RequestId(id);
      this.newTokens = newTokens;
      this.seed = id.hashCode();
      this.prompt = prompt;
      submit();
    }

    private void submit() {
      SamplingSpec sampling = new SamplingSpec(1, 1, 0, 0, seed, 0);
      client.submit(
          new GenerationRequest(
              id, prompt.clone(), tokens.clone(), sampling, newTokens, new int[0]),
          probe.getRef());
    }

    /** Reads events until at least {@code count} tokens are there. */
    Stream awaitTokens(int count) {
      while (tokens.length < count) {
        if (next() instanceof Finished finished) {
          fail(id + " ended early: " + finished);
        }
      }
      return this;
    }

    Finished finish() {
      while (true) {
        if (next() instanceof Finished finished) {
          return finished;
        }
      }
    }

    /** Reads to the end and compares every token. */
    void assertWhole() {
      Finished finished = finish();
      assertArrayEquals(HashModel.expected(prompt, seed, newTokens), tokens, id.toString());
      assertEquals(newTokens, finished.generatedTokens());
      assertEquals(prompt.length, finished.promptTokens());
      probe.expectNoMessage(Duration.ZERO);
    }

    Rejected expectRejected() {
      return probe.expectMessageClass(Rejected.class);
    }

    private GenerationEvent next() {
      GenerationEvent event = probe.receiveMessage(Duration.ofSeconds(30));
      switch (event) {
        case Accepted accepted -> epoch = accepted.epoch();
        case GenerationEvent.PromptScores scores -> fail("nobody asked for " + scores);
        case Tokens more -> {
          int start = tokens.length;
          tokens = Arrays.copyOf(tokens, start + more.tokens().length);
          System.arraycopy(more.tokens(), 0, tokens, start, more.tokens().length);
          assertEquals(epoch, more.epoch());
        }
        case EngineLost lost -> {
          timesLost++;
          submit();
        }
        case Rejected rejected -> fail(rejected.toString());
        case Finished finished -> {}
      }
      return event;
    }
  }
}
