package io.souffleur.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptScoringTest {
  private static PromptScoring of(int promptTokens, ScoreSpec scores) {
    return new PromptScoring(new GenerationRequest(
        new RequestId("r"),
        new int[promptTokens],
        new int[3],
        SamplingSpec.GREEDY.withScores(scores),
        9,
        new int[0]));
  }

  @Test
  void aRequestWithoutPromptScoresIsDoneAtOnce() {
    for (ScoreSpec scores : List.of(ScoreSpec.NONE, ScoreSpec.output(4))) {
      PromptScoring scoring = of(10, scores);
      assertTrue(scoring.done());
      assertEquals(scoring.next(), scoring.end(10));
      assertEquals(Integer.MAX_VALUE, scoring.rowsMax(0, 0));
    }
  }

  @Test
  void rowsPredictTheTokenAfterThemUpToTheEndOfThePrompt() {
    PromptScoring scoring = of(10, new ScoreSpec(0, List.of(), 4));
    assertEquals(4, scoring.end(0));
    assertEquals(4, scoring.end(3));
    assertEquals(5, scoring.end(4));
    assertEquals(10, scoring.end(9));
    assertEquals(10, scoring.end(13));
  }

  @Test
  void placesAreToldOnceWhateverIsComputedAgain() {
    PromptScoring scoring = of(10, new ScoreSpec(1, List.of(7), 1));
    scoring.told(scoring.end(6) - scoring.next());
    assertEquals(7, scoring.next());
    assertEquals(7, scoring.end(2));
    assertEquals(9, scoring.entries(9));
    assertFalse(scoring.done());
    scoring.told(3);
    assertTrue(scoring.done());
    assertEquals(0, scoring.entries(12));
  }

  @Test
  void aStepTakesTheRowsWhoseScoresItHasRoomFor() {
    PromptScoring scoring = of(100, new ScoreSpec(1, List.of(7), 41));
    assertEquals(40 + 10, scoring.rowsMax(0, 30));
    assertEquals(40 + 10, scoring.rowsMax(0, 32));
    assertEquals(20, scoring.rowsMax(20, 2));
    assertEquals(Integer.MAX_VALUE, scoring.rowsMax(0, 3 * 59));
    scoring.told(20);
    assertEquals(0, scoring.rowsMax(60, 2));
    assertEquals(1, scoring.rowsMax(60, 3));
  }
}
