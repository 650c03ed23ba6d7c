package io.souffleur.clusterconfig.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.clusterconfig.cli.TextOptions.SamplingDefaults;
import io.souffleur.tokenizer.TemplateTraits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ParserChoiceTest {
  private static final TemplateTraits MINICPM =
      new TemplateTraits(Optional.of("qwen3"), Optional.of("qwen3_coder"), true, true);
  private static final TemplateTraits INTERN =
      new TemplateTraits(Optional.of("interns1"), Optional.of("interns1"), true, true);
  private static final TemplateTraits PLAIN =
      new TemplateTraits(Optional.empty(), Optional.empty(), false, false);

  private static TextOptions asked(String reasoning, String tools) {
    return new TextOptions(
        Optional.ofNullable(reasoning),
        Optional.ofNullable(tools),
        Optional.empty(),
        Map.of(),
        SamplingDefaults.MODEL);
  }

  @Test
  void embeddedModelHasBothOnAuto() {
    assertEquals(
        new ParserChoice(Optional.of("qwen3"), Optional.of("qwen3_coder"), List.of()),
        ParserChoice.of(asked(null, null), true, MINICPM));
  }

  @Test
  void folderHasNoneButHearsWhichFit() {
    assertEquals(
        new ParserChoice(
            Optional.empty(),
            Optional.empty(),
            List.of(
                "the chat template fits --reasoning-parser qwen3, which is off",
                "the chat template fits --tool-call-parser qwen3_coder, which is off")),
        ParserChoice.of(asked(null, null), false, MINICPM));
  }

  @Test
  void takesNamesThatFitInSilence() {
    assertEquals(
        new ParserChoice(Optional.of("qwen3"), Optional.of("qwen3_coder"), List.of()),
        ParserChoice.of(asked("qwen3", "qwen3_coder"), false, MINICPM));
  }

  @Test
  void warnsOfAToolParserThatCannotMatchAndNamesTheRightOne() {
    ParserChoice choice = ParserChoice.of(asked("qwen3", "hermes"), false, MINICPM);
    assertEquals(Optional.empty(), choice.tools());
    assertEquals(
        List.of("--tool-call-parser hermes cannot match the calls that the chat template asks for;"
            + " it is off; the right one is --tool-call-parser qwen3_coder"),
        choice.notices());
  }

  @Test
  void takesAnotherBuiltParserButNamesTheRightOne() {
    ParserChoice choice = ParserChoice.of(asked("qwen3", "qwen"), false, MINICPM);
    assertEquals(Optional.of("qwen"), choice.tools());
    assertEquals(
        List.of("--tool-call-parser qwen does not fit what the chat template shows; the right one"
            + " is --tool-call-parser qwen3_coder"),
        choice.notices());
  }

  @Test
  void takesEveryBuiltParserThatFitsInSilence() {
    assertEquals(
        new ParserChoice(Optional.of("interns1"), Optional.of("interns1"), List.of()),
        ParserChoice.of(asked("interns1", "interns1"), false, INTERN));
    TemplateTraits qwen = new TemplateTraits(Optional.of("qwen3"), Optional.of("qwen"), true, true);
    assertEquals(
        List.of(), ParserChoice.of(asked("qwen3", "qwen25"), false, qwen).notices());
  }

  @Test
  void saysThatAutoFoundNothing() {
    ParserChoice choice = ParserChoice.of(asked("auto", "auto"), false, PLAIN);
    assertEquals(
        List.of(
            "--reasoning-parser auto: the chat template shows none that fits; it is off",
            "--tool-call-parser auto: the chat template shows none that fits; it is off"),
        choice.notices());
  }

  @Test
  void keepsABuiltToolParserThatWasAskedForButWarns() {
    ParserChoice choice = ParserChoice.of(asked("qwen3", "qwen3_coder"), false, PLAIN);
    assertEquals(Optional.of("qwen3_coder"), choice.tools());
    assertEquals(
        List.of("--tool-call-parser qwen3_coder does not fit what the chat template shows"),
        choice.notices());
  }
}
