package io.souffleur.tokenizer.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.TemplateException.Reason;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
  private static final Limits SMALL = new Limits(2_000, 20_000, 100, 10_000, 100, 256);

  private static void assertLimit(String name, String template) {
    assertLimit(name, template, Map.of());
  }

  private static void assertLimit(String name, String template, Map<String, ?> names) {
    var refused = assertThrows(
        TemplateException.class,
        () -> JinjaTemplate.parse(template, SMALL, Clock.systemUTC()).render(names),
        template);
    assertEquals(Reason.LIMIT, refused.reason(), refused.getMessage());
    assertTrue(refused.getMessage().contains("limit " + name + " of"), refused.getMessage());
  }

  @Test
  void refusesALongSource() {
    assertLimit("templateChars", "x".repeat(2_001));
    assertEquals(
        2_000,
        JinjaTemplate.parse("x".repeat(2_000), SMALL, Clock.systemUTC())
            .render(Map.of())
            .length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(100) %}{% for b in range(100) %}{% for c in range(100) %}"
            + "{% endfor %}{% endfor %}{% endfor %}",
        "{{ [1] * 1000000 }}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% for a in range(100) %}{% if range(100)|sort|list|length %}{% endif %}{% endfor %}",
        "{% set s = 'x' * 9000 %}{% for a in range(100) %}{% for b in range(100) %}{{ s[8999] }}"
            + "{% endfor %}{% endfor %}",
        "{% set s = 'x' * 9000 %}{% for a in range(100) %}{% if s == s ~ '' and s is lower %}"
            + "{% endif %}{% endfor %}",
        "{{ [1, 2]|batch(1000000, 'x')|list|length }}",
        "{{ []|slice(10000000)|list|length }}"
      })
  void refusesManySteps(String template) {
    assertLimit("steps", template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(x) %}{{ x }}{% call f(1) %}{{ caller() }}{% endcall %}{% endmacro %}{{ f(1) }}",
        "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
        "{{ 0" // a long chain nests to the left
      })
  void refusesDeepEvaluation(String template) {
    assertLimit("depth", template.equals("{{ 0") ? "{{ 0" + " + 0".repeat(120) + " }}" : template);
  }

  @Test
  void refusesDeepData() {
    List<Object> nested = List.of();
    for (int i = 0; i < 200; i++) {
      nested = List.of(nested);
    }
    assertLimit("depth", "{{ x|length }}", Map.of("x", nested));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'x' * 10001 }}",
        "{{ 'ab'.center(20000) }}",
        "{{ 'ab'.ljust(20000, 'x') }}",
        "{{ '1'.zfill(20000) }}",
        "{{ '%20000d' % 1 }}",
        "{{ '%.20000f' % 1.5 }}",
        "{{ '{:20000}'.format(1) }}",
        "{{ ('x' * 9999) ~ 'yy' }}",
        "{{ ('x' * 9999) + 'yy' }}",
        "{{ ('x' * 5000)|replace('x', 'yyy') }}",
        "{{ 'x'|indent(20000, true) }}",
        "{{ ('x' * 5000) }}{{ 'x' * 5001 }}",
        "{% set x %}{{ 'x' * 5000 }}{{ 'x' * 5001 }}{% endset %}",
        "{{ range(100)|join('x' * 200) }}",
        "{{ '\\t'.expandtabs(20000) }}",
        "{{ [[[[1]]]]|tojson(indent=9000) }}",
        "{{ ('x' * 9000)|escape }}{{ ('<' * 9000)|escape }}"
      })
  void refusesLongText(String template) {
    assertLimit("outputChars", template);
  }

  @Test
  void refusesALongRange() {
    assertLimit("rangeItems", "{{ range(101) }}");
    assertLimit("rangeItems", "{{ range(-9223372036854775807, 9223372036854775807) }}");
    assertLimit("rangeItems", "{{ range(9223372036854775807, -9223372036854775807, -1) }}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{{ 2 ** 300 }}", "{{ 10 ** 10 ** 10 }}", "{{ (2 ** 200) * (2 ** 200) }}"})
  void refusesBigIntegers(String template) {
    assertLimit("integerBits", template);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[", "{1: ", "-", "not (", "a|b("})
  void refusesNestedSource(String open) {
    assertLimit("nesting", "{{ " + open.repeat(101));
  }

  @Test
  void refusesNestedTags() {
    assertLimit("nesting", "{% if 1 %}".repeat(101));
  }

  @Test
  void staysWithinASmallStackAtItsDepth() throws InterruptedException {
    List<String> templates = new ArrayList<>();
    templates.add(
        "{% macro f(n) %}{% if n %}{% for i in [1] %}{{ f(n + 1) ~ '' }}{% endfor %}{% endif %}"
            + "{% endmacro %}{{ f(1) }}");
    templates.add("{{ 0" + " + 0".repeat(5000) + " }}");
    templates.add("{{ x" + ".y".repeat(5000) + " }}");
    templates.add("{% for a in [1] recursive %}{{ loop([1])|upper }}{% endfor %}");
    templates.add("{% set ns = namespace() %}{% set ns.x = [ns] %}{{ [ns] == [ns] }}{{ ns }}");
    AtomicReference<Throwable> worst = new AtomicReference<>();
    Thread small = new Thread(
        null,
        () -> templates.forEach(template -> {
          try {
            JinjaTemplate.parse(template, Limits.DEFAULT, Clock.systemUTC()).render(Map.of());
          } catch (TemplateException expected) {
            // whichever reason: the point is that the stack was deep enough
          }
        }),
        "small-stack",
        512 << 10);
    small.setUncaughtExceptionHandler((thread, failure) -> worst.set(failure));
    small.start();
    small.join();
    assertEquals(null, worst.get());
  }

  @Test
  void leavesRoomForLongConversations() {
    List<Map<String, Object>> messages = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      messages.add(
          Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", "word ".repeat(200)));
    }
    String source = "{% for m in messages %}<{{ m.role }}>{{ m.content|trim }}</>\n{% endfor %}";
    String text = JinjaTemplate.parse(source, Limits.DEFAULT, Clock.systemUTC())
        .render(Map.of("messages", messages));
    assertTrue(text.length() > 2_000_000);
  }
}
