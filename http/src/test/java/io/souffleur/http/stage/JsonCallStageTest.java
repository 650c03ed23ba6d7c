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

  private static void assertStaysText(String text) {
    assertEquals(found(text), qwen(text));
  }

  @Test
  void showsACallWhenItsEndIsThere() {
    assertEquals(
        List.of(
            new Answer("Sure."),
            new CallBegin(0, "note"),
            new CallArguments(0, "{\"title\": \"Milk\"}"),
            new Answer("\nDone.")),
        Stages.deltas(QWEN, "Sure.<tool", "_call>\n" + CALL, "\n</tool_", "call>", "\nDone."));
  }

  @Test
  void numbersSeveralCallsAndDropsTheBlanksBetween() {
    String now = "{\"name\": \"now\"}";
    assertEquals(
        found("", new Call(0, "note", "{\"title\": \"Milk\"}"), new Call(1, "now", "{}")),
        qwen(block(CALL) + "\n" + block(now) + "\n"));
  }

  @Test
  void readsParametersBeforeArguments() {
    String both = "{\"name\": \"note\", \"arguments\": {\"a\": 1}, \"parameters\": {\"b\": 1e2}}";
    assertEquals(found("", new Call(0, "note", "{\"b\": 100.0}")), qwen(block(both)));
    String none = "{\"name\": \"now\", \"parameters\": null}";
    assertEquals(found("", new Call(0, "now", "{}")), qwen(block(none)));
  }

  @Test
  void aMarkerInsideAStringEndsNothing() {
    String call = "{\"name\": \"note\", \"arguments\": {\"title\": \"a </tool_call> \\\" b\"}}";
    assertEquals(
        found("", new Call(0, "note", "{\"title\": \"a </tool_call> \\\" b\"}")),
        qwen(block(call)));
  }

  @Test
  void whatIsNoCallStaysText() {
    assertStaysText("Write <tool_call> and </tool_call> around it.");
    assertStaysText(block("{\"name\": \"unknown\", \"arguments\": {}}"));
    assertStaysText(block("{\"name\": \"note\", \"arguments\": [1]}"));
    assertStaysText(block("{\"name\": \"note\", \"arguments\": {\"a\": 1e999}}"));
    assertStaysText(block("{\"name\": \"note\", \"arguments\": {'a': 1}}"));
    assertStaysText(block("{\"name\": \"note\"} {}"));
    assertStaysText(block("{\"name\": \"note\", \"arguments\": {\"a\": \"line\nbreak\"}}"));
    assertStaysText("<tool_call>\n" + CALL);
    assertStaysText("a <tool_ca");
    assertStaysText("<tool_call>\n");
    assertStaysText("<tool_call>" + " ".repeat(65) + CALL + "</tool_call>");
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
