package io.souffleur.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.testkit.GoldenFolders;
import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.jinja.JinjaTemplate;
import io.souffleur.tokenizer.jinja.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Hostile templates and conversations: rendering gives a text, the same every time, or says what is
 * wrong, within its limits.
 *
 * <pre>
 *   template in UTF-8, a NUL, JSON of the names it sees
 * </pre>
 */
public final class TemplatesFuzz {
  /** Fewer steps and characters than in production, so that the fuzzer sees more inputs. */
  private static final Limits LIMITS = new Limits(
      1 << 16, 200_000, Limits.DEFAULT.depth(), 1 << 18, 10_000, Limits.DEFAULT.integerBits());

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-31T12:34:56Z"), ZoneOffset.UTC);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String CHAT = "{\"messages\": [{\"role\": \"system\", \"content\": \"s\"},"
      + " {\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"Grüße\"}]},"
      + " {\"role\": \"assistant\", \"content\": \"a\", \"tool_calls\": [{\"function\": {\"name\": \"f\","
      + " \"arguments\": {\"b\": 1.5}}}]}, {\"role\": \"tool\", \"content\": \"2\"}],"
      + " \"tools\": [{\"type\": \"function\"}], \"add_generation_prompt\": true, \"enable_thinking\": true,"
      + " \"x\": -3, \"y\": [1, \"b\", null], \"z\": \"%d {0:>8.3f}\"}";

  private static final List<String> TEMPLATES = List.of(
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m['content'] }}{% endfor %}",
      "{%- set ns = namespace(a=0) -%}{% for i in range(5) if i is odd %}{% set ns.a = ns.a + i %}"
          + "{{ loop.index0 ~ loop.last }}{% else %}-{% endfor %}{{ ns.a }}",
      "{% macro f(a, b=2, *args, **kwargs) %}{{ a * b }}{{ caller() if caller }}{% endmacro %}"
          + "{% call f(3) %}x{% endcall %}{{ f('ab', b=x|abs) }}",
      "{{ messages|tojson(indent=2) }}{{ y|map('string')|join(',')|upper }}{{ y|length // 2 ** 3 % 5 }}",
      "{{ z % 5 }}{{ z.format(1.25) }}{{ 'a-b'.split('-')[::-1] }}{{ '%s' % (y,) }}",
      "{% if x is defined and x < 0 or not y %}{{ messages[-1:]|first }}{% elif x in y %}1{% else %}2"
          + "{% endif %}{{ raise_exception('no') if x == 3 }}",
      "{% filter trim|title %} a b {% endfilter %}{{ strftime_now('%Y-%m-%d %H') }}{# note #}{% raw %}{{"
          + "{% endraw %}",
      "{{ messages|selectattr('role', 'equalto', 'user')|list|count }}{{ y|sort(reverse=true)|unique }}"
          + "{{ dict(a=1)|items|list }}{{ y|groupby(0)|batch(2, '-')|list }}",
      "{% set a %}{% for k, v in messages[0]|dictsort %}{{ k }}={{ v|e }};{% endfor %}{% endset %}{{ a|"
          + "replace('s', 'ss')|wordwrap(5)|indent(2) }}{{ 2 ** 70 }}{{ 7 / 2|round(1) }}");

  private TemplatesFuzz() {}

  /** Called by the fuzzer before all, by this name: classes are slow when they are loaded. */
  public static void fuzzerInitialize() {
    seeds().forEach(TemplatesFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer, by this name. */
  public static void fuzzerTestOneInput(byte[] data) {
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    String source = new String(data, 0, end, StandardCharsets.UTF_8);
    int from = Math.min(data.length, end + 1);
    String names = new String(data, from, data.length - from, StandardCharsets.UTF_8);
    String first = rendered(source, names);
    String second = rendered(source, names);
    if (!first.equals(second)) {
      throw new AssertionError("rendered '" + first + "', then '" + second + "'");
    }
  }

  private static String rendered(String source, String names) {
    try {
      return JinjaTemplate.parse(source, LIMITS, CLOCK).render(tree(names));
    } catch (TemplateException refused) {
      if (refused.getMessage() == null) {
        throw new AssertionError("a refusal that says nothing", refused);
      }
      return refused.reason() + " " + refused.getMessage();
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, ?> tree(String names) {
    try {
      Map<String, ?> tree = JSON.readValue(names.isBlank() ? CHAT : names, Map.class);
      return tree == null ? Map.of() : tree;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      Map<String, Object> text = new HashMap<>();
      text.put("messages", List.of(Map.of("role", "user", "content", names)));
      return text;
    }
  }

  static List<byte[]> seeds() {
    List<String> templates = new ArrayList<>(TEMPLATES);
    try {
      templates.add(
          Files.readString(GoldenFolders.path("chat").resolve("template_minicpmv46.jinja")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Stream.concat(
            templates.stream().map(template -> template + "\0" + CHAT), Stream.of("{{ x }}\0null"))
        .map(seed -> seed.getBytes(StandardCharsets.UTF_8))
        .toList();
  }
}
