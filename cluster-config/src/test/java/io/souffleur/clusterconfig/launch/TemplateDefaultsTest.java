package io.souffleur.clusterconfig.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.SpecialTokens;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateDefaultsTest {
  private static final ChatTemplate TEMPLATE = ChatTemplate.parse(
      "{{ enable_thinking if enable_thinking is defined else 'unset' }}",
      SpecialTokens.NONE,
      Clock.systemUTC());

  private static String render(Map<String, Object> defaults, Map<String, Object> kwargs) {
    return TemplateDefaults.over(TEMPLATE, defaults).render(List.of(), List.of(), true, kwargs);
  }

  @Test
  void fillsInWhatARequestDoesNotSet() {
    assertEquals("False", render(Map.of("enable_thinking", false), Map.of()));
  }

  @Test
  void letsTheRequestWin() {
    assertEquals("True", render(Map.of("enable_thinking", false), Map.of("enable_thinking", true)));
  }

  @Test
  void isTheTemplateItselfWithoutDefaults() {
    assertSame(TEMPLATE, TemplateDefaults.over(TEMPLATE, Map.of()));
  }
}
