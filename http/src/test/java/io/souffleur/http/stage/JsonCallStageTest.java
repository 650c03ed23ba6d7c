package io.souffleur.http.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.souffleur.http.stage.Delta.Answer;
import io.souffleur.http.stage.Delta.CallArguments;
import io.souffleur.http.stage.Delta.CallBegin;
import io.souffleur.http.stage.WholeAnswer.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonCallStageTest {
  private static final StageOptions QWEN =
      StageOptions.PLAIN.withTools(ToolCallStageTest.TOOLS, "qwen25");
  private static final StageOptions INTERN =
      StageOptions.PLAIN.withTools(ToolCallStageTest.TOOLS, "interns1");
  private static final String CALL = "{\"name\": \"note\", \"arguments\": {\"title\":\"Milk\"}}";

  private static Stages.Joined qwen(String text) {
    return Stages.joined(QWEN, List.of(text));
  }

  private static Stages.Joined found(String text, Call... calls) {
    return new Stages.Joined("", text, List.of(calls));
  }

  private static String block(String json) {
    return "<tool_call>\n" + json + "\n</tool_call>";
  }

  private static Stages.Joined intern(String json) {
    return Stages.joined(
        INTERN, List.of("<|action_start|> <|plugin|>\n" + json + "<|action_end|>"));
  }

  /** Text is text, streamed or not. */
  private static void assertStaysText(String text) {
    assertEquals(new Stages.Both(found(text), text, List.of()), Stages.both(QWEN, List.of(text)));
  }

  /** A stream shows nothing, a whole answer the text. */
  private static void assertIsMarkup(String text) {
    assertEquals(new Stages.Both(found(""), text, List.of()), Stages.both(QWEN, List.of(text)));
  }

  /** A stream shows a call with these arguments, a whole answer the text. */
  private static void assertBreaks(String arguments, String text) {
    assertEquals(
        new Stages.Both(found("", new Call(0, "note", arguments)), text, List.of()),
        Stages.both(QWEN, List.of(text)));
  }

  @Test
  void showsACallAsItsArgumentsGrow() {
    assertEquals(
        List.of(
            new Answer("Sure."),
            new CallBegin(0, "note"),
            new CallArguments(0, "{\"title\": \"Mi"),
            new CallArguments(0, "lk\", \"tags\": [1"),
            new CallArguments(0, ", \"a"),
            new CallArguments(0, "\u00e4\"]"),
            new CallArguments(0, ", \"last\": true}"),
            new Answer("\nDone.")),
        Stages.deltas(
            QWEN,
            "Sure.<tool",
            "_call>\n{\"name\":\"no",
            "te\", \"arguments\":",
            "{\"title\" :\"Mi",
            "lk\",\"tags\":[ 1,",
            " \"a\\u00",
            "e4\" ]",
            ", \"last\": tr",
            "ue}}\n</tool_",
            "call>",
            "\nDone."));
  }

  @Test
  void numbersSeveralCallsAndDropsTheBlanksBetween() {
    String now = "{\"name\": \"now\"}";
    assertEquals(
        found("", new Call(0, "note", "{\"title\": \"Milk\"}"), new Call(1, "now", "{}")),
        qwen(block(CALL) + "\n" + block(now) + "\n"));
  }

  @Test
  void parametersWinUnlessArgumentsWereShown() {
    String last = "{\"name\": \"note\", \"arguments\": {\"a\": 1}, \"parameters\": {\"b\": 1e2}}";
    assertEquals(found("", new Call(0, "note", "{\"a\": 1}")), qwen(block(last)));
    assertEquals(found("", new Call(0, "note", "{\"b\": 100.0}")), intern(last));
    String first = "{\"name\": \"note\", \"parameters\": {\"b\": 1e2}, \"arguments\": {\"a\": 1}}";
    assertEquals(found("", new Call(0, "note", "{\"b\": 100.0}")), qwen(block(first)));
    assertEquals(found("", new Call(0, "note", "{\"b\": 100.0}")), intern(first));
    String none = "{\"name\": \"now\", \"parameters\": null}";
    assertEquals(found("", new Call(0, "now", "{}")), qwen(block(none)));
    String other = "{\"name\": \"note\", \"parameters\": null, \"arguments\": {\"a\": 1}}";
    assertEquals(found("", new Call(0, "note", "{\"a\": 1}")), qwen(block(other)));
  }

  @Test
  void aNameBehindItsArgumentsWaitsForTheEnd() {
    String call = "{\"arguments\": {\"title\": \"Milk\"}, \"name\": \"note\"}";
    assertEquals(
        List.of(new CallBegin(0, "note"), new CallArguments(0, "{\"title\": \"Milk\"}")),
        Stages.deltas(QWEN, "<tool_call>", call, "</tool_call>"));
  }

  @Test
  void aListHasSeveralCalls() {
    assertEquals(
        found("", new Call(0, "note", "{\"title\": \"Milk\"}"), new Call(1, "now", "{}")),
        qwen(block("[" + CALL + ", {\"name\": \"unknown\"}, {\"name\": \"now\"}]")));
  }

  @Test
  void aMarkerInsideAStringEndsNothing() {
    String call = "{\"name\": \"note\", \"arguments\": {\"title\": \"a </tool_call> \\\" b\"}}";
    assertEquals(
        found("", new Call(0, "note", "{\"title\": \"a </tool_call> \\\" b\"}")),
        qwen(block(call)));
  }

  @Test
  void aMentionOrAnEndBeforeTheCallStaysText() {
    assertStaysText("Write <tool_call> and </tool_call> around it.");
    assertStaysText("a <tool_ca");
    assertStaysText("<tool_call>\n");
    assertStaysText("<tool_call>\n{\"name\": \"note\", \"arguments\":");
    assertStaysText("<tool_call>" + " ".repeat(65) + CALL + "</tool_call>");
  }

  @Test
  void markupOfNoCallIsTextOfAWholeAnswerOnly() {
    assertIsMarkup(block("{\"name\": \"unknown\", \"arguments\": {}}"));
    assertIsMarkup(block("{\"name\": \"note\", \"arguments\": [1]}"));
    assertIsMarkup(block("{\"name\": \"note\"} {}"));
    assertIsMarkup(block("[{\"name\": \"unknown\"}]"));
    assertIsMarkup(block("{name: note}"));
  }

  @Test
  void aBegunCallThatBreaksEndsAsAnObject() {
    String start = "{\"name\": \"note\", \"arguments\": ";
    assertBreaks("{}", block(start + "{\"a\": 1e999}}"));
    assertBreaks("{}", block(start + "{'a': 1}}"));
    assertBreaks("{\"a\": \"line\"}", block(start + "{\"a\": \"line\nbreak\"}}"));
    assertBreaks("{\"a\": [[1]]}", block(start + "{\"a\": [[1,, 2]]}}"));
    assertBreaks("{\"title\": \"Milk\"}", block(CALL + " {}"));
    assertBreaks("{\"a\": 1}", block(start + "{\"a\": 1"));
  }

  @Test
  void aBegunCallThatNeverEndsEndsAsAnObject() {
    String start = "<tool_call>\n{\"name\": \"note\", \"arguments\": ";
    assertBreaks("{\"title\": \"Milk\"}", "<tool_call>\n" + CALL);
    assertBreaks("{\"a\": \"Mi\"}", start + "{\"a\": \"Mi");
    assertBreaks("{\"a\": \"\"}", start + "{\"a\": \"\\ud83d");
    assertBreaks("{\"a\": [1, {}]}", start + "{\"a\": [1, {\"b\": tr");
    String endless = start + "{\"a\": \"" + "x".repeat(JsonCallStage.BLOCK_CHARS_MAX);
    Stages.Both both = Stages.both(QWEN, List.of(endless));
    assertEquals(endless, both.content());
    assertEquals(List.of(), both.calls());
  }

  @Test
  void aWholeAnswerWithACallShowsNoMarkup() {
    String text = "Hm." + block("{\"name\": \"unknown\"}") + block(CALL);
    assertEquals("Hm.", Stages.both(QWEN, List.of(text)).content());
    assertEquals(found("Hm.", new Call(0, "note", "{\"title\": \"Milk\"}")), qwen(text));
    String broken = block("{\"name\": \"note\", \"arguments\": {\"a\": }}");
    Stages.Both both = Stages.both(QWEN, List.of(broken + block(CALL)));
    assertEquals(List.of(new Call(0, "note", "{\"title\": \"Milk\"}")), both.calls());
    assertEquals("", both.content());
  }

  @Test
  void aStringThatNeverEndsLosesNoLaterCall() {
    String broken = block("{\"name\": \"note}");
    assertEquals(
        found(broken, new Call(0, "note", "{\"title\": \"Milk\"}")), qwen(broken + block(CALL)));
  }

  @Test
  void behindManyBrokenBlocksAllIsText() {
    String broken = block("{\\\"").repeat(JsonCallStage.BROKEN_BLOCKS_MAX);
    assertStaysText(broken + block(CALL));
  }

  @Test
  void aBlockThatIsTooLongIsText() {
    String text = "<tool_call>{\"" + "x".repeat(JsonCallStage.BLOCK_CHARS_MAX + 1);
    assertStaysText(text);
    assertEquals(
        found(text, new Call(0, "note", "{\"title\": \"Milk\"}")), qwen(text + block(CALL)));
  }

  @Test
  void internsMarkersNeedTheirBlank() {
    String call = "<|action_start|> <|plugin|>\n" + CALL + "<|action_end|>";
    assertEquals(
        found("", new Call(0, "note", "{\"title\": \"Milk\"}")),
        Stages.joined(INTERN, List.of(call)));
    String other = "<|action_start|><|plugin|>\n" + CALL + "<|action_end|>";
    assertEquals(found(other), Stages.joined(INTERN, List.of(other)));
  }

  @Test
  void tooManyCallsFail() {
    String text = block(CALL).repeat(ToolCallStage.CALLS_MAX + 1);
    assertThrows(StageLimitException.class, () -> qwen(text));
  }
}
