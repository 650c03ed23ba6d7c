package io.souffleur.http.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.http.stage.Delta.Answer;
import io.souffleur.http.stage.Delta.CallArguments;
import io.souffleur.http.stage.Delta.CallBegin;
import io.souffleur.http.stage.WholeAnswer.Call;
import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolCallStageTest {

  static final ToolSchemas TOOLS = tools("""
            [{"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}},
             {"type": "function", "function": {"name": "note", "parameters": {"type": "object", "properties": {
               "title": {"type": "string"}, "count": {"type": "integer"}}}}}]""");

  private static final StageOptions OPTIONS = StageOptions.PLAIN.withTools(TOOLS);

  private static ToolSchemas tools(String json) {
    try {
      return ToolSchemas.of(new ObjectMapper().readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Stages.Joined parse(String text) {
    return Stages.joined(OPTIONS, List.of(text));
  }

  private static Stages.Joined calls(String text, Call... calls) {
    return new Stages.Joined("", text, List.of(calls));
  }

  @Test
  void sendsTheNameOnceAndEachParameterWhenItIsComplete() {
    assertEquals(
        List.of(
            new Answer("Sure.\n"),
            new CallBegin(0, "note"),
            new CallArguments(0, "{"),
            new CallArguments(0, "\"title\": \"Milk\""),
            new CallArguments(0, ", \"count\": 2"),
            new CallArguments(0, "}")),
        Stages.deltas(
            OPTIONS,
            "Sure.\n<tool_call>\n<function=note>\n<parameter=title>\nMilk\n</parameter>\n",
            "<parameter=count>\n2\n</parameter>\n</function>\n</tool_call>"));
  }

  @Test
  void aMereMentionOfTheMarkerStaysText() {
    String prose = "Write <tool_call> and then </tool_call>, or <function=foo> as 3 < 4.";

    assertEquals(calls(prose), parse(prose));
  }

  @Test
  void theJsonFormOfAnotherParserStaysText() {
    String other = "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";

    assertEquals(calls(other), parse(other));
  }

  @Test
  void acceptsAKnownFunctionWithoutTheOuterMarker() {
    assertEquals(
        calls("", new Call(0, "note", "{\"title\": \"A\"}")),
        parse("<function=note>\n<parameter=title>\nA\n</parameter>\n</function>\n</tool_call>"));
  }

  @Test
  void severalFunctionsInOneBlockAreSeveralCalls() {
    assertEquals(
        calls("", new Call(0, "now", "{}"), new Call(1, "note", "{\"count\": 7}")),
        parse(
            "<tool_call>\n<function=now>\n</function>\n<function=note>\n<parameter=count>7</parameter>"
                + "\n</function>\n</tool_call>"));
  }

  @Test
  void aMissingFunctionEndClosesTheObjectAnyway() {
    assertEquals(
        calls("\nbye", new Call(0, "note", "{\"title\": \"A\"}")),
        parse("<tool_call>\n<function=note>\n<parameter=title>A</parameter>\n</tool_call>\nbye"));
  }

  @Test
  void aFunctionEndInsideAValueClosesTheObjectOnce() {
    assertEquals(
        calls("\nrest</parameter>\n</function>\n", new Call(0, "note", "{\"title\": \"x\"}")),
        parse("<tool_call>\n<function=note>\n<parameter=title>\nx\n</function>\nrest</parameter>\n"
            + "</function>\n</tool_call>"));
  }

  @Test
  void aBlockEndInsideAValueIsPartOfIt() {
    assertEquals(
        calls("", new Call(0, "note", "{\"title\": \"a</tool_call>b\"}")),
        parse(
            "<tool_call>\n<function=note>\n<parameter=title>\na</tool_call>b\n</parameter>\n</function>\n"
                + "</tool_call>"));
  }

  @Test
  void aBlockEndAfterAnUnclosedValueEndsIt() {
    String unclosed = "<tool_call>\n<function=note>\n<parameter=title>\nA\n</tool_call>";

    assertEquals(calls("", new Call(0, "note", "{\"title\": \"A\"}")), parse(unclosed));
    assertEquals(
        calls("\n", new Call(0, "note", "{\"title\": \"A\"}"), new Call(1, "now", "{}")),
        parse(unclosed + "\n<tool_call>\n<function=now>\n</function>\n</tool_call>"));
  }

  @Test
  void aCutOffCallIsClosedAtTheEnd() {
    String[] cuts = {
      "<tool_call>\n<function=note>",
      "<tool_call>\n<function=note>\n<parameter=ti",
      "<tool_call>\n<function=note>\n<parameter=title>\nhalf of",
      "<tool_call>\n<function=note>\n<parameter=title>\nhalf of\n</para",
      "<tool_call>\n<function=note>\n<parameter=title>\nhalf of\n</parameter>\n</func",
    };
    String[] expected = {
      "{}", "{}", "{\"title\": \"half of\"}", "{\"title\": \"half of\"}", "{\"title\": \"half of\"}"
    };

    for (int i = 0; i < cuts.length; i++) {
      assertEquals(calls("", new Call(0, "note", expected[i])), parse(cuts[i]), cuts[i]);
    }
  }

  @Test
  void aMarkerThatNeverBecameACallIsGivenBack() {
    String[] texts = {
      "<",
      "<tool",
      "a <tool_call>",
      "<tool_call>\n<function=no",
      "<tool_call>\n<function=>",
      "<function=note"
    };

    for (String text : texts) {
      assertEquals(calls(text), parse(text), text);
    }
  }

  @Test
  void keepsBlanksAndEntitiesOfAValue() {
    assertEquals(
        calls("", new Call(0, "note", "{\"title\": \"\\n  a &amp; <b>\\r\\n\"}")),
        parse(
            "<tool_call>\n<function=note>\n<parameter=title>\n\n  a &amp; <b>\r\n\n</parameter>\n</function>\n"
                + "</tool_call>"));
  }

  @Test
  void textBehindACallIsPassedOn() {
    assertEquals(
        calls("\nDone!", new Call(0, "now", "{}")),
        parse("<tool_call>\n<function=now>\n</function>\n</tool_call>\nDone!"));
    assertEquals(
        calls("\nDone!", new Call(0, "now", "{}")),
        parse("<tool_call>\n<function=now>\n</function>\nDone!"));
  }

  @Test
  void failsAnAnswerWhoseValueIsTooLong() {
    String text = "<tool_call>\n<function=note>\n<parameter=title>"
        + "x".repeat(ToolCallStage.VALUE_CHARS_MAX + 1);

    StageLimitException failure = assertThrows(StageLimitException.class, () -> parse(text));
    assertTrue(failure.getMessage().contains("title"), failure.getMessage());
    assertTrue(
        failure.getMessage().contains(String.valueOf(ToolCallStage.VALUE_CHARS_MAX)),
        failure.getMessage());
  }

  @Test
  void failsAnAnswerWithTooManyCalls() {
    String text = "<tool_call>\n<function=now>\n</function>\n</tool_call>"
        .repeat(ToolCallStage.CALLS_MAX + 1);

    assertThrows(StageLimitException.class, () -> parse(text));
  }

  @Test
  void aLongValueInSmallPiecesCostsLinearTime() {
    ToolCallStage stage = new ToolCallStage(TOOLS);
    WholeAnswer answer = new WholeAnswer();
    stage.accept("<tool_call>\n<function=note>\n<parameter=title>", answer);
    for (int i = 0; i < 250_000; i++) {
      stage.accept("a<b", answer);
    }
    stage.accept("</parameter></function></tool_call>", answer);
    stage.finish(answer);

    assertEquals(750_013, answer.calls().getFirst().arguments().length());
  }
}
