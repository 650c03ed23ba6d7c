package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationEvent.Accepted;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.GenerationEvent.Tokens;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two actor systems over TCP with the house's own serialisation: sessions on one node, the engine on the
 * other, and nothing but registered messages between them.
 */
class RemotingTest {
  private static final int FRAME_BYTES = 256 << 10;
  private static final String REMOTE = """
      pekko.actor.provider = remote
      # Watching across nodes; members of a cluster have it anyway.
      pekko.remote.use-unsafe-remote-features-outside-cluster = on
      pekko.remote.warn-unsafe-watch-outside-cluster = off
      pekko.remote.artery.transport = tcp
      pekko.remote.artery.canonical.hostname = "127.0.0.1"
      pekko.remote.artery.canonical.port = 0
      pekko.remote.artery.advanced.maximum-frame-size = %d B
      pekko.actor.testkit.typed.single-expect-default = 20s
      """.formatted(FRAME_BYTES);

  private static final ActorTestKit FRONT = kit("front");
  private static final ActorTestKit BACK = kit("back");
  private static final LocalHash RANK = new LocalHash(TestEngine.CAPACITY);
  private static TestEngine engine;
  private static ActorRef<ReplicaRouter.Command> router;
  private static ActorRef<PromptDesk.Command> prompts;

  private static ActorTestKit kit(String name) {
    return ActorTestKit.create(
        name, ActorsSettings.systemConfig(ConfigFactory.parseString(REMOTE)));
  }

  @BeforeAll
  static void start() {
    engine = new TestEngine(BACK, TestKits.settings(), new ReplicaParts.InThread(RANK)).started();
    router = onFront("router");
    prompts = onFront("prompts");
  }

  /** An actor of the back's engine, as the front sees it. */
  private static <T> ActorRef<T> onFront(String actor) {
    var back = (ExtendedActorSystem) Adapter.toClassic(BACK.system());
    String path = engine
        .guardian
        .path()
        .child(actor)
        .toStringWithAddress(back.provider().getDefaultAddress());
    return ActorRefResolver.get(FRONT.system()).resolveActorRef(path);
  }

  @AfterAll
  static void stop() {
    RANK.permits.release(1_000_000);
    engine.stop();
    FRONT.shutdownTestKit();
    BACK.shutdownTestKit();
  }

  private static GenerationRequest request(String id, int[] prompt, int newTokens) {
    return new GenerationRequest(
        new RequestId(id),
        prompt,
        new int[0],
        new SamplingSpec(1, 1, 0, 0, id.hashCode(), 0),
        newTokens,
        new int[0]);
  }

  @Test
  void aRequestIsAnsweredAcrossNodes() {
    TestProbe<GenerationEvent> session = FRONT.createTestProbe(GenerationEvent.class);
    int[] prompt = TestEngine.prompt("remote", 60);

    router.tell(new ReplicaRouter.Submit(request("remote", prompt, 25), session.getRef()));

    assertEquals(1, session.expectMessageClass(Accepted.class).epoch());
    int[] tokens = new int[0];
    while (tokens.length < 25) {
      int[] more = session.expectMessageClass(Tokens.class).tokens();
      tokens = IntStream.concat(Arrays.stream(tokens), Arrays.stream(more)).toArray();
    }
    assertArrayEquals(HashModel.expected(prompt, "remote".hashCode(), 25), tokens);
    assertEquals(FinishReason.LENGTH, session.expectMessageClass(Finished.class).reason());
    engine.assertNothingLeaks();
  }

  @Test
  void anAbortAndTheEndOfASessionReachTheOtherNode() {
    RANK.permits.drainPermits();
    try {
      TestProbe<GenerationEvent> leaver = FRONT.createTestProbe(GenerationEvent.class);
      TestProbe<GenerationEvent> stopped = FRONT.createTestProbe(GenerationEvent.class);
      int[] prompt = TestEngine.prompt("abort", 20);
      router.tell(new ReplicaRouter.Submit(request("abort", prompt, 900), leaver.getRef()));
      router.tell(new ReplicaRouter.Submit(request("gone", prompt, 900), stopped.getRef()));
      TestEngine.await(() -> {
        RANK.permits.release(1);
        return engine.client.status().running() == 2;
      });
      leaver.expectMessageClass(Accepted.class);
      stopped.expectMessageClass(Accepted.class);
      leaver.expectMessageClass(Tokens.class);

      router.tell(new ReplicaRouter.Abort(new RequestId("abort")));
      stopped.stop();

      TestEngine.await(() -> {
        RANK.permits.release(1);
        return engine.client.status().counter("requests-cancelled") == 2;
      });
      engine.assertNothingLeaks();
    } finally {
      RANK.permits.release(1_000_000);
    }
  }

  @Test
  void promptsArePreparedAcrossNodes() {
    TestProbe<PromptReply> session = FRONT.createTestProbe(PromptReply.class);

    prompts.tell(new PromptDesk.Prepare(new PromptJob.Text("hello"), session.getRef()));

    assertArrayEquals(
        "hello".chars().toArray(),
        session.expectMessageClass(PromptReply.Prepared.class).tokens());
    prompts.tell(new PromptDesk.Prepare(
        new PromptJob.Chat(List.of("hi"), List.of(), Map.of()), session.getRef()));
    session.expectMessageClass(PromptReply.Prepared.class);
  }

  @Test
  void whatIsTooLargeOrOfAnUnknownClassIsDroppedAndTheNextMessageArrives() {
    TestProbe<PromptReply> session = FRONT.createTestProbe(PromptReply.class);
    ActorRef<Object> anything = prompts.unsafeUpcast();

    prompts.tell(
        new PromptDesk.Prepare(new PromptJob.Text("x".repeat(2 * FRAME_BYTES)), session.getRef()));
    anything.tell(new AtomicInteger(1));
    prompts.tell(new PromptDesk.Prepare(new PromptJob.Text("next"), session.getRef()));

    assertArrayEquals(
        "next".chars().toArray(),
        session.expectMessageClass(PromptReply.Prepared.class).tokens());
    session.expectNoMessage(Duration.ZERO);
  }
}
