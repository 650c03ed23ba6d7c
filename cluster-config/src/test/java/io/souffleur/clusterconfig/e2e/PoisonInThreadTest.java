package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.souffleur.clusterconfig.e2e.KillStream.Question;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.shard.StepRunner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code --isolation thread} with the embedded model and requests whose token makes a step throw: the
 * rank is made anew on the same stores, only the guilty request ends, and its neighbours keep their tokens.
 */
class PoisonInThreadTest {
  /** A token that no question but the poisonous has. */
  private static final int MARK = 901;

  private static final int NEIGHBOURS = 5;
  private KillableEngine engine;
  private List<Question> questions;
  private List<int[]> undisturbed;

  /** Throws when the step is done, so that everything it writes is half new. */
  private static StepRunner poisonable(StepRunner real) {
    return (plan, result) -> {
      real.execute(plan, result);
      for (int i = 0; i < plan.tokenCount(); i++) {
        if (plan.token(i) == MARK) {
          throw new IllegalStateException("a kernel threw at step " + plan.step());
        }
      }
    };
  }

  @BeforeEach
  void start() throws Exception {
    engine = KillableEngine.inThread(
        PoisonInThreadTest::poisonable,
        "--isolation",
        "thread",
        "--chunked-prefill-size",
        "64",
        "--max-total-tokens",
        "8192");
    Random random = new Random(4);
    questions = new ArrayList<>();
    for (int i = 0; i < NEIGHBOURS; i++) {
      SamplingSpec sampling = new SamplingSpec(i % 2, 0.9f, 0, 0, 5L + i, 0);
      questions.add(new Question(prompt(random, 10 + 40 * i), 150, sampling));
    }
    undisturbed = questions.stream().map(each -> KillStream.ask(engine, each)).toList().stream()
        .map(KillStream::await)
        .toList();
    for (int[] answer : undisturbed) {
      assertEquals(0, Arrays.stream(answer).filter(token -> token == MARK).count());
    }
  }

  @AfterEach
  void stop() throws Exception {
    engine.close();
  }

  private static int[] prompt(Random random, int length) {
    return random.ints(length, 0, MARK).toArray();
  }

  private List<KillStream> neighbours() {
    List<KillStream> streams =
        questions.stream().map(each -> KillStream.ask(engine, each)).toList();
    KillableEngine.until(() -> streams.getFirst().tokens().length >= 5);
    return streams;
  }

  private void assertUndisturbed(List<KillStream> streams) throws Exception {
    for (int i = 0; i < NEIGHBOURS; i++) {
      assertArrayEquals(undisturbed.get(i), streams.get(i).await(), "neighbour " + i);
    }
    assertEquals(1, engine.status().epoch());
    engine.assertNothingIsHeld();
    engine.assertFootprint();
  }

  private Finished poison(int length, int markAt) {
    int[] prompt = prompt(new Random(length), length);
    prompt[markAt] = MARK;
    KillStream stream = KillStream.ask(engine, new Question(prompt, 20, SamplingSpec.GREEDY));
    return assertInstanceOf(Finished.class, stream.end());
  }

  @Test
  void aPromptThatMakesAStepThrowIsRefusedAloneHoweverOftenItComes() throws Exception {
    List<KillStream> neighbours = neighbours();

    for (int i = 0; i < 3; i++) {
      Finished end = poison(100 + i, 95);

      assertEquals(FinishReason.CRASHED, end.reason());
      assertEquals(0, end.generatedTokens());
    }

    assertUndisturbed(neighbours);
    assertEquals(3, engine.counter("requests-failed"));
  }

  @Test
  void whoComesLaterGetsTheSameTokensInTheSameMemory() throws Exception {
    assertEquals(FinishReason.CRASHED, poison(40, 0).reason());

    assertUndisturbed(neighbours());
  }
}
