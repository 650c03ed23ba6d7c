package io.souffleur.tokenizer.jinja;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.fail;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.Trees;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the source: a text or a {@link TemplateException}, soon. */
class TemplateFuzzTest {
  private static final Limits LIMITS = new Limits(1 << 16, 100_000, 300, 1 << 16, 1_000, 4_096);

  private static final String[] PIECES = {
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{%-",
    "-%}",
    "{{-",
    "-}}",
    "+%}",
    " ",
    "\n",
    "x",
    "l",
    "d",
    "s",
    "ns",
    "loop",
    "self",
    "'a'",
    "\"b",
    "'",
    "\\",
    "1",
    "0",
    "-1",
    "9223372036854775807",
    "1.5",
    "1e400",
    "0x1f",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ":",
    "|",
    "~",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    "%",
    "==",
    "!=",
    "<",
    ">=",
    "=",
    "not",
    "and",
    "or",
    "in",
    "is",
    "if",
    "else",
    "elif",
    "endif",
    "for",
    "endfor",
    "recursive",
    "set",
    "endset",
    "macro",
    "endmacro",
    "call",
    "endcall",
    "filter",
    "endfilter",
    "raw",
    "endraw",
    "with",
    "endwith",
    "block",
    "endblock",
    "generation",
    "endgeneration",
    "break",
    "continue",
    "none",
    "true",
    "namespace(a=1)",
    "range(9)",
    "dict(a=1)",
    "cycler(1)",
    "joiner()",
    "caller()",
    "upper",
    "tojson",
    "sort",
    "map('upper')",
    "select('odd')",
    "groupby('a')",
    "batch(2)",
    "default",
    "join",
    "int",
    "round",
    "format(1)",
    "defined",
    "odd",
    ".split()",
    ".format(1)",
    ".items()",
    ".get('a')",
    "[::-1]",
    "[1:]",
    "[0]",
    "😀",
    "é",
    "\u0000"
  };

  private static final Map<String, Object> NAMES = Map.of(
      "x",
      "text 😀",
      "l",
      List.of(3, 1, "two", 2.5, List.of()),
      "d",
      Map.of("a", 1, "b", List.of()),
      "s",
      "",
      "n",
      7,
      "f",
      Double.NaN,
      "messages",
      List.of(Map.of("role", "user", "content", "hi")));

  private static void render(String template, String origin) {
    try {
      JinjaTemplate.parse(template, LIMITS, Clock.systemUTC()).render(NAMES);
    } catch (TemplateException expected) {
      // one of the two allowed ends
    } catch (RuntimeException | Error other) {
      fail(origin + " broke on: " + template, other);
    }
  }

  @Test
  void survivesGarbage() {
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
      for (int seed = 0; seed < 5_000; seed++) {
        Random random = new Random(seed);
        StringBuilder template = new StringBuilder();
        for (int i = random.nextInt(25); i >= 0; i--) {
          template.append(PIECES[random.nextInt(PIECES.length)]);
          template.append(random.nextInt(3) == 0 ? " " : "");
        }
        render(template.toString(), "seed " + seed);
      }
    });
  }

  @Test
  void survivesGarbageInsideATag() {
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
      for (int seed = 0; seed < 5_000; seed++) {
        Random random = new Random(seed);
        StringBuilder template = new StringBuilder("{{ ");
        for (int i = random.nextInt(8); i >= 0; i--) {
          template.append(PIECES[17 + random.nextInt(PIECES.length - 17)]).append(' ');
        }
        render(template.append("}}").toString(), "seed " + seed);
      }
    });
  }

  @Test
  void survivesDamagedTemplates() {
    List<Map<String, Object>> rows = Trees.rows(Trees.read(TemplateFuzzTest.class, "vectors.json"));
    String chat = Trees.text(Trees.class, "chat/template_minicpmv46.jinja");
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
      for (int seed = 0; seed < 5_000; seed++) {
        Random random = new Random(seed);
        String whole =
            seed % 20 == 0 ? chat : (String) rows.get(seed % rows.size()).get("template");
        render(damaged(whole, random), "seed " + seed);
      }
    });
  }

  private static String damaged(String whole, Random random) {
    StringBuilder text = new StringBuilder(whole);
    for (int i = 1 + random.nextInt(3); i > 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        default -> text.setCharAt(at, whole.charAt(random.nextInt(whole.length())));
      }
    }
    return text.toString();
  }

  /** Combines every filter, test and method with every kind of value and odd arguments. */
  @Test
  void survivesEveryFilterOnEveryKindOfValue() {
    String[] values = {
      "none",
      "true",
      "7",
      "-3",
      "10 ** 30",
      "1.5",
      "f",
      "1e308",
      "''",
      "'a b'",
      "'%s {}'",
      "[]",
      "l",
      "(1, 'b')",
      "{}",
      "d",
      "d.items()",
      "range(4)",
      "l|map('string')",
      "undefined",
      "namespace(a=1)",
      "range",
      "'<b>'|safe",
      "cycler(1)",
      "[1, [2, ['x']], {'k': none}]"
    };
    String[] arguments = {
      "",
      "(1)",
      "(-1)",
      "('a')",
      "(none)",
      "(l)",
      "(2, 3)",
      "('a', 'b')",
      "(attribute='a')",
      "(1.5, true, 'x')"
    };
    String[] filters = {
      "abs",
      "attr",
      "batch",
      "capitalize",
      "center",
      "default",
      "dictsort",
      "escape",
      "first",
      "float",
      "format",
      "groupby",
      "indent",
      "int",
      "items",
      "join",
      "last",
      "length",
      "list",
      "lower",
      "map",
      "max",
      "min",
      "reject",
      "rejectattr",
      "replace",
      "reverse",
      "round",
      "safe",
      "select",
      "selectattr",
      "slice",
      "sort",
      "string",
      "striptags",
      "sum",
      "title",
      "tojson",
      "trim",
      "truncate",
      "unique",
      "upper",
      "urlencode",
      "wordcount"
    };
    String[] tests = {
      "odd", "divisibleby", "in", "eq", "gt", "sameas", "sequence", "upper", "callable", "iterable"
    };
    String[] methods = {
      "split",
      "rsplit",
      "strip",
      "format",
      "join",
      "replace",
      "find",
      "count",
      "index",
      "startswith",
      "center",
      "zfill",
      "partition",
      "splitlines",
      "expandtabs",
      "title",
      "get",
      "items",
      "keys",
      "copy",
      "append",
      "removeprefix",
      "x"
    };
    String[] operators = {"+", "-", "*", "/", "//", "%", "**", "~", "<", "==", "in", "and"};
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
      for (String value : values) {
        for (String argument : arguments) {
          for (String filter : filters) {
            render("{{ (" + value + ")|" + filter + argument + "|list|string }}", "filter");
            render("{{ (" + value + ")|" + filter + argument + " }}", "filter");
          }
          for (String test : tests) {
            render("{{ (" + value + ") is " + test + argument + " }}", "test");
          }
          for (String method : methods) {
            render(
                "{{ (" + value + ")." + method + (argument.isEmpty() ? "()" : argument) + " }}",
                "method");
          }
        }
        for (String other : values) {
          for (String operator : operators) {
            render("{{ (" + value + ") " + operator + " (" + other + ") }}", "operator");
          }
          render(
              "{{ (" + value + ")[" + other + "] }}{{ (" + value + ")[" + other + ":] }}", "item");
        }
      }
    });
  }
}
