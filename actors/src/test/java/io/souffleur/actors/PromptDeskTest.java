package io.souffleur.actors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.actors.PromptReply.Busy;
import io.souffleur.actors.PromptReply.Malformed;
import io.souffleur.actors.PromptReply.Prepared;
import io.souffleur.actors.PromptReply.TemplateRejected;
import io.souffleur.actors.PromptReply.TooLong;
import io.souffleur.actors.PromptReply.WorkerFailed;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.tokenizer.SharedPrefixes;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PromptDeskTest {
  private static final ActorTestKit KIT = TestKits.create("prompts");

  private final TestProbe<PromptReply> probe = KIT.createTestProbe(PromptReply.class);
  private final ActorRef<PromptDesk.Command> desk = KIT.spawn(PromptDesk.create(
      new ActorsSettings.Prompt(2, 256), new PromptPreparer(FakeText.assets(), FakeText.CARD)));

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void rendersAndTokenizesAConversation() {
    Prepared prepared = ask(new PromptJob.Chat(List.of("hi"), List.of(), Map.of()), Prepared.class);

    assertArrayEquals("[hi]".chars().toArray(), prepared.tokens());
    assertFalse(prepared.endsInsideThought());
  }

  @Test
  void showsThatThePromptEndsInsideAThought() {
    Prepared prepared = ask(
        new PromptJob.Chat(List.of("hi"), List.of(), Map.of("enable_thinking", true)),
        Prepared.class);

    assertTrue(prepared.endsInsideThought());
    assertTrue(ask(new PromptJob.Text("x<think>"), Prepared.class).endsInsideThought());
    assertFalse(ask(new PromptJob.Text("<think></think>\n"), Prepared.class).endsInsideThought());
    assertTrue(
        ask(new PromptJob.Ids("<think>\n".chars().toArray()), Prepared.class).endsInsideThought());
  }

  @Test
  void tellsWhatOtherPromptsMayShare() {
    Prepared chat = ask(new PromptJob.Chat(List.of("hi"), List.of(), Map.of()), Prepared.class);
    Prepared ids = ask(new PromptJob.Ids(new int[] {1, 2, 3}), Prepared.class);

    // "[hi" goes on with ", " once there is an answer; the end of a prompt is its last token but
    // one.
    assertArrayEquals(new int[] {3}, chat.checkpointHints());
    assertArrayEquals(new int[] {2}, ids.checkpointHints());
    assertEquals(GenerationRequest.CHECKPOINT_HINTS_MAX, SharedPrefixes.LENGTHS_MAX);
  }

  @Test
  void whatTheTemplateRefusesIsSaidInItsWords() {
    assertEquals(
        "no messages",
        ask(new PromptJob.Chat(List.of(), List.of(), Map.of()), TemplateRejected.class)
            .message());
  }

  @Test
  void aModelWithoutATemplateTakesNoConversations() {
    PromptReply reply = new PromptPreparer(FakeText.withoutTemplate(), FakeText.CARD)
        .prepare(new PromptJob.Chat(List.of("hi"), List.of(), Map.of()));
    assertTrue(reply instanceof TemplateRejected);
  }

  @Test
  void refusesWhatIsEmptyTooLongOrOutsideTheVocabulary() {
    assertEquals(new TooLong(100, 100), ask(new PromptJob.Text("x".repeat(100)), TooLong.class));
    ask(new PromptJob.Text(""), Malformed.class);
    assertEquals(
        "token ids must be in [0, 50000), got 50000",
        ask(new PromptJob.Ids(new int[] {1, 50_000}), Malformed.class).message());
    assertEquals(
        "\u0001", ask(new PromptJob.Ids(new int[] {1, 49_999}), Prepared.class).tail());
  }

  @Test
  void aFailingWorkerIsAnsweredForAndReplaced() {
    for (int i = 0; i < 5; i++) {
      assertEquals(
          "the tokenizer is broken",
          ask(new PromptJob.Text("boom"), WorkerFailed.class).message());
    }
    ask(new PromptJob.Text("fine"), Prepared.class);
  }

  @Test
  void refusesWithBusyWhenTooManyWait() {
    Gate gate = new Gate();
    ActorRef<PromptDesk.Command> small = KIT.spawn(PromptDesk.create(
        new ActorsSettings.Prompt(1, 2), new PromptPreparer(gate.assets(), FakeText.CARD)));
    for (int i = 0; i < 4; i++) {
      small.tell(new PromptDesk.Prepare(new PromptJob.Text("x"), probe.getRef()));
    }

    assertEquals(new Busy(2), probe.expectMessageClass(Busy.class));
    gate.open();
    for (int i = 0; i < 3; i++) {
      probe.expectMessageClass(Prepared.class);
    }
  }

  private <T extends PromptReply> T ask(PromptJob job, Class<T> reply) {
    desk.tell(new PromptDesk.Prepare(job, probe.getRef()));
    return probe.expectMessageClass(reply);
  }
}
