package io.souffleur.http.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.http.stage.Delta.Answer;
import io.souffleur.http.stage.Delta.Reasoning;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReasoningStageTest {

  private static final StageOptions FORCED = StageOptions.PLAIN.withReasoning(true, true);
  private static final StageOptions FREE = StageOptions.PLAIN.withReasoning(false, true);

  @Test
  void passesThoughtAndAnswerOnAsTheyCome() {
    assertEquals(
        List.of(new Reasoning("I think"), new Reasoning("."), new Answer("\n\nhi")),
        Stages.deltas(FORCED, "I think", ".", "</think>", "\n\nhi"));
  }

  @Test
  void findsAMarkerThatStartsBehindOtherTextOfAPiece() {
    assertEquals(
        List.of(new Reasoning("done\n"), new Answer("yes")),
        Stages.deltas(FORCED, "done\n</th", "ink>yes"));
  }

  @Test
  void holdsBackNothingButAPossibleMarker() {
    assertEquals(
        List.of(new Reasoning("3 "), new Reasoning("< 4")), Stages.deltas(FORCED, "3 <", " 4"));
    assertEquals(List.of(new Reasoning("a <b")), Stages.deltas(FORCED, "a <b"));
  }

  @Test
  void leavesUnclosedThoughtAThought() {
    assertEquals(
        List.of(new Reasoning("Two "), new Reasoning("plus")),
        Stages.deltas(FORCED, "Two ", "plus"));
  }

  @Test
  void flushesAHeldPartOfAMarkerAtTheEnd() {
    assertEquals(
        List.of(new Reasoning("so"), new Reasoning("</thi")), Stages.deltas(FORCED, "so</thi"));
    assertEquals(List.of(new Answer("so"), new Answer("<th")), Stages.deltas(FREE, "so<th"));
  }

  @Test
  void keepsTextBeforeTheThoughtInTheAnswer() {
    assertEquals(
        List.of(new Answer("Well. "), new Reasoning("hm"), new Answer("Yes.")),
        Stages.deltas(FREE, "Well. <think>hm</think>Yes."));
  }

  @Test
  void dropsRepeatedOpeningMarkersInsideTheThought() {
    assertEquals(
        new Stages.Joined("ab", "c<think>d</think>", List.of()),
        Stages.joined(FORCED, List.of("<think>a<think>b</think>c<think>d</think>")));
  }

  @Test
  void leavesAClosingMarkerWithoutThoughtInTheAnswer() {
    assertEquals(List.of(new Answer("a</think>b")), Stages.deltas(FREE, "a</think>b"));
  }

  @Test
  void givesTheThoughtInOneDeltaWhenItIsNotStreamed() {
    StageOptions quiet = StageOptions.PLAIN.withReasoning(true, false);

    assertEquals(
        List.of(new Reasoning("one two"), new Answer("three")),
        Stages.deltas(quiet, "one", " two", "</think>", "three"));
    assertEquals(List.of(new Reasoning("one two")), Stages.deltas(quiet, "one", " two"));
  }

  @Test
  void toolMarkupInsideTheThoughtIsNoCall() {
    StageOptions options = FORCED.withTools(ToolCallStageTest.TOOLS);
    String thought = "<tool_call>\n<function=now>\n</function>\n</tool_call>";

    assertEquals(
        new Stages.Joined(thought, "", List.of()), Stages.joined(options, List.of(thought)));
  }
}
