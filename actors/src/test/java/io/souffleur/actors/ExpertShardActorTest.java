package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.EngineSupervisor.PartEnded;
import io.souffleur.actors.EngineSupervisor.ShardReady;
import io.souffleur.actors.FakeRanks.FakeRank;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.shard.GroupStepExecutor;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The owner of a rank, with the rank's part played by the test. */
class ExpertShardActorTest {
  private static final ActorTestKit KIT = TestKits.create("shards");
  private static final int SEGV = 139;
  private static final int KILLED = 137;

  private final FakeRanks ranks = new FakeRanks();
  private final GroupStepExecutor executor = new GroupStepExecutor();
  private final EngineBoard board = new EngineBoard();
  private final TestProbe<EngineSupervisor.Command> parent =
      KIT.createTestProbe(EngineSupervisor.Command.class);

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  private ActorRef<ExpertShardActor.Command> start(ActorsSettings settings) {
    Replica replica = new Replica(0, null, settings, board, thread -> {});
    return KIT.spawn(ExpertShardActor.create(
        replica, ranks.host(HashRankMain.HELLO), executor, 9, parent.getRef()));
  }

  private ActorRef<ExpertShardActor.Command> start() {
    return start(TestKits.settings());
  }

  @Test
  void connectsTheExecutorWhenTheHelloFits() {
    start();
    FakeRank rank = ranks.next();
    assertFalse(executor.ready());

    rank.hello(HashRankMain.HELLO);

    parent.expectMessage(new ShardReady(9, 0));
    assertTrue(executor.ready());
    assertEquals(rank.seat.address().incarnation(), executor.incarnation());
    assertEquals(9, rank.seat.address().epoch());
  }

  @Test
  void killsFromOutsideAreMadeGoodForeverAndSaidToNobody() {
    start();
    for (int i = 1; i <= 30; i++) {
      FakeRank rank = ranks.next();
      assertEquals(i, rank.seat.address().incarnation());
      rank.hello(HashRankMain.HELLO);
      TestEngine.await(executor::ready);
      rank.exit(KILLED);
      TestEngine.await(() -> !executor.ready() || executor.incarnation() > rank.pid());
    }
    parent.expectMessage(new ShardReady(9, 0));
    parent.expectNoMessage(Duration.ZERO);
    TestEngine.await(() -> board.status().counter("rank-deaths") == 30);
  }

  @Test
  void oneSelfInflictedDeathTooManyEndsTheReplica() {
    start();
    for (int i = 0; i < 4; i++) {
      FakeRank rank = ranks.next();
      rank.hello(HashRankMain.HELLO);
      TestEngine.await(executor::ready);
      rank.exit(SEGV);
    }

    parent.expectMessage(new ShardReady(9, 0));
    PartEnded ended = parent.expectMessageClass(PartEnded.class);
    assertTrue(ended.cause() instanceof ReplicaLost);
    assertEquals(
        "rank 0 died (signal 11); that is more often than 3 times within PT1M",
        ended.cause().getMessage());
  }

  @Test
  void aHelloOfAnotherVersionEndsTheReplicaForGood() {
    start();
    FakeRank rank = ranks.next();
    var expected = HashRankMain.HELLO;
    rank.hello(new io.souffleur.transport.RankHello(
        1, expected.layout(), expected.capacity(), expected.fingerprint(), "older"));

    PartEnded ended = parent.expectMessageClass(PartEnded.class);
    assertTrue(ended.cause() instanceof ReplicaRefused);
    assertEquals(
        "the rank has another program version: expected test, found older",
        ended.cause().getMessage());
    TestEngine.await(rank::dead);
  }

  private static ActorsSettings withPatience(Duration start, Duration restart) {
    ActorsSettings usual = TestKits.settings();
    ActorsSettings.Rank rank = usual.rank();
    return new ActorsSettings(
        usual.prompt(),
        new ActorsSettings.Rank(
            start,
            restart,
            rank.stepDeadline(),
            rank.deathsMax(),
            rank.deathsWindow(),
            rank.backoffMin(),
            rank.backoffMax()),
        usual.replica(),
        usual.router());
  }

  @Test
  void aRankThatDoesNotGetReadyInTimeIsKilledAndStartedAgain() {
    start(withPatience(Duration.ofMillis(50), Duration.ofSeconds(20)));

    TestEngine.await(ranks.next()::dead);
    assertEquals(2, ranks.next().seat.address().incarnation());
  }

  @Test
  void aSuccessorHasOnlyAsLongAsRanksUsuallyTake() {
    start(withPatience(Duration.ofHours(1), Duration.ofMillis(50)));
    FakeRank first = ranks.next();
    first.hello(HashRankMain.HELLO);
    TestEngine.await(executor::ready);
    first.exit(KILLED);

    TestEngine.await(ranks.next()::dead);
    assertEquals(3, ranks.next().seat.address().incarnation());
  }

  @Test
  void aStepPastItsDeadlineIsAHang() {
    start(TestKits.settings(Duration.ofMillis(50), 3));
    FakeRank rank = ranks.next();
    rank.hello(HashRankMain.HELLO);
    TestEngine.await(executor::ready);
    StepPlan plan = new StepPlan();
    plan.reset(9, executor.incarnation(), 1, 0);
    assertTrue(executor.offer(plan));

    TestEngine.await(rank::dead);
    FakeRank successor = ranks.next();
    successor.hello(HashRankMain.HELLO);
    TestEngine.await(executor::ready);
    assertEquals(2, executor.incarnation());
  }

  @Test
  void stoppingTheActorKillsTheRank() {
    var actor = start();
    FakeRank rank = ranks.next();
    rank.hello(HashRankMain.HELLO);
    parent.expectMessage(new ShardReady(9, 0));

    KIT.stop(actor, Duration.ofSeconds(20));

    assertTrue(rank.dead());
    assertFalse(executor.ready());
  }
}
