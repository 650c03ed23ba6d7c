package io.souffleur.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.tokenizer.TemplateException.Reason;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ChatTemplateTest {
  private static final ChatTemplate RELEASED =
      parse(Trees.text(ChatTemplateTest.class, "chat/template_minicpmv46.jinja"));

  private static ChatTemplate parse(String source) {
    return ChatTemplate.parse(source, SpecialTokens.NONE, Clock.systemUTC());
  }

  @TestFactory
  Stream<DynamicTest> equalsTheReleasedTemplatesConversations() {
    var cases = Trees.read(ChatTemplateTest.class, "chat/template_minicpmv46.cases.json");
    assertEquals(26, Trees.rows(cases).size());
    return Trees.rows(cases).stream()
        .map(row -> DynamicTest.dynamicTest((String) row.get("name"), () -> check(row)));
  }

  private static void check(Map<String, Object> row) {
    Map<String, Object> kwargs = new HashMap<>(Trees.map(row.get("options")));
    Object tools = kwargs.remove("tools");
    Object addPrompt = kwargs.remove("add_generation_prompt");
    boolean addGenerationPrompt = addPrompt == null || (Boolean) addPrompt;
    List<?> messages = Trees.list(row.get("messages"));
    if (row.containsKey("error")) {
      var refused = assertThrows(
          TemplateException.class,
          () -> RELEASED.render(messages, Trees.list(tools), addGenerationPrompt, kwargs));
      assertEquals(row.get("error"), refused.getMessage());
      assertEquals(Reason.RAISED, refused.reason());
    } else {
      assertEquals(
          row.get("rendered"),
          RELEASED.render(messages, Trees.list(tools), addGenerationPrompt, kwargs));
    }
  }

  @Test
  void refusesATemplateFromARequest() {
    var refused = assertThrows(
        TemplateException.class,
        () -> RELEASED.render(List.of(), List.of(), true, Map.of("chat_template", "{{ 1 }}")));
    assertEquals(Reason.ARGUMENT, refused.reason());
    assertTrue(refused.getMessage().contains("'chat_template'"), refused.getMessage());
  }

  @Test
  void refusesNamesThatHaveTheirOwnParameter() {
    for (String name : List.of("messages", "tools", "add_generation_prompt")) {
      var refused = assertThrows(
          TemplateException.class,
          () -> RELEASED.render(List.of(), List.of(), true, Map.of(name, "x")));
      assertEquals(Reason.ARGUMENT, refused.reason());
    }
  }

  @Test
  void refusesValuesThatAreNoJson() {
    var refused = assertThrows(
        TemplateException.class,
        () -> parse("{{ x }}").render(List.of(), List.of(), true, Map.of("x", new Object())));
    assertEquals(Reason.ARGUMENT, refused.reason());
    assertTrue(refused.getMessage().contains("'x'"), refused.getMessage());
  }

  @Test
  void leavesTheCallersTreesAlone() {
    List<Map<String, Object>> messages = List.of(Map.of("role", "user", "content", "Hi"));
    String once = RELEASED.render(messages, List.of(), true, Map.of());
    assertEquals(once, RELEASED.render(messages, List.of(), true, Map.of()));
  }

  @Test
  void showsNoToolsAsNone() {
    assertEquals(
        "True True True",
        parse("{{ tools is none }} {{ documents is none }} {{ bos_token is undefined }}")
            .render(List.of(), List.of(), true, Map.of()));
  }

  @Test
  void acceptsPlainJavaNumbers() {
    assertEquals(
        "1 2 1.5 3",
        parse("{{ a }} {{ b }} {{ c }} {{ d }}")
            .render(
                List.of(),
                List.of(),
                true,
                Map.of("a", 1, "b", 2L, "c", 1.5f, "d", java.math.BigInteger.valueOf(3))));
  }

  @Test
  void namesTheLineOfAFailure() {
    var failed = assertThrows(
        TemplateException.class,
        () -> parse("a\nb\n{{ messages[0].x.y }}")
            .render(List.of(Map.of()), List.of(), true, Map.of()));
    assertEquals(Reason.EVALUATION, failed.reason());
    assertTrue(failed.getMessage().contains("line 3"), failed.getMessage());
  }
}
