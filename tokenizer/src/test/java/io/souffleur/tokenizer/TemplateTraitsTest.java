package io.souffleur.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTraitsTest {
  private static TemplateTraits traits(
      String reasoning, String tool, boolean thinkingSwitch, boolean byDefault) {
    return new TemplateTraits(
        Optional.ofNullable(reasoning), Optional.ofNullable(tool), thinkingSwitch, byDefault);
  }

  @Test
  void readsTheReleasedTemplate() {
    assertEquals(
        traits("qwen3", "qwen3_coder", true, false),
        TemplateTraits.detect(
            Trees.text(TemplateTraitsTest.class, "chat/template_minicpmv46.jinja")));
  }

  @Test
  void readsTheSmallModelsTemplate() {
    assertEquals(
        traits("qwen3", "qwen3_coder", true, true),
        TemplateTraits.detect(Trees.text(TemplateTraitsTest.class, "small/chat_template.jinja")));
  }

  @Test
  void findsInternS1ByItsThinkingPrompt() {
    assertEquals(
        traits("interns1", "interns1", true, true),
        TemplateTraits.detect(
            "{%- set default_thinking_sys %}Think.{% endset %}"
                + "{%- set enable_thinking = enable_thinking if enable_thinking is defined else true %}"));
  }

  @Test
  void findsQwenWithJsonCalls() {
    assertEquals(
        traits("qwen3", "qwen", true, true),
        TemplateTraits.detect(
            "<tool_call>{% if enable_thinking is defined and enable_thinking is false %}"
                + "<think>\n\n</think>{% endif %}"));
  }

  @Test
  void findsThinkingWithoutASwitch() {
    assertEquals(
        traits("qwen3", null, false, true),
        TemplateTraits.detect(
            "{{ content.split('</think>')[-1] }}<|im_start|>assistant\n<think>\n"));
  }

  @Test
  void findsNothingInAPlainTemplate() {
    assertEquals(
        traits(null, null, false, false), TemplateTraits.detect("{{ messages[0].content }}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if enable_thinking is defined and enable_thinking is false %}",
        "{% if enable_thinking is defined and not enable_thinking %}",
        "{% if enable_thinking is defined and enable_thinking == False %}",
        "{%- if enable_thinking is not defined -%}\n{%- set enable_thinking = true -%}\n{%- endif -%}",
        "{% set enable_thinking = enable_thinking if enable_thinking is defined else True %}",
        "{% if enable_thinking | default(true) %}"
      })
  void seesThatThinkingIsOnByDefault(String text) {
    assertEquals(true, TemplateTraits.detect(text).thinkingByDefault());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if enable_thinking %}",
        "{% if enable_thinking is defined and enable_thinking %}",
        "{% if enable_thinking is defined and enable_thinking is true %}",
        "{%- if enable_thinking is not defined -%}{%- set enable_thinking = false -%}{%- endif -%}"
            + "{% if enable_thinking is defined and enable_thinking is false %}",
        "{% set enable_thinking = enable_thinking if enable_thinking is defined else false %}",
        "{% if enable_thinking | default(false) %}"
      })
  void seesThatThinkingIsOffByDefault(String text) {
    assertEquals(false, TemplateTraits.detect(text).thinkingByDefault());
  }
}
