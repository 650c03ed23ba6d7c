package io.souffleur.http.stage.argument;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonLiteralTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'a'                | \"a\"",
        "'it\\'s'           | \"it's\"",
        "'a' \"b\"          | \"ab\"",
        "'''x\"y'''         | \"x\\\"y\"",
        "r'\\d'             | \"\\\\d\"",
        "'\\x41\\u00e9\\101' | \"A\u00e9A\"",
        "'\\q'              | \"\\\\q\"",
        "True               | true",
        "None               | null",
        "0x1F               | 31",
        "0b101              | 5",
        "1_000              | 1000",
        "-5                 | -5",
        "--5                | 5",
        "1.5e3              | 1500.0",
        ".5                 | 0.5",
        "1e-3               | 0.001",
        "()                 | []",
        "(1)                | 1",
        "(1,)               | [1]",
        "(1, 'b',)          | [1, \"b\"]",
        "1, 2               | [1, 2]",
        "[ ]                | []",
        "[[], [None], {}]   | [[], [null], {}]",
        "{'a': 1, 2: 'b', None: (), }  | {\"a\": 1, \"2\": \"b\", \"null\": []}",
        "((1, 2), [3])      | [[1, 2], [3]]",
      })
  void readsLiterals(String literal, String json) {
    assertEquals(Optional.of(json), PythonLiteral.json(literal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abc",
        "'open",
        "{1, 2}",
        "b'x'",
        "[1",
        "[1,,2]",
        "(,)",
        "{'a'}",
        "{'a': }",
        "1 2",
        "f(1)",
        "1j",
        "012",
        "0x",
        "0x-1",
        "1e",
        "e5",
        "'\\x4'",
        "'\\N{DASH}'",
        "1e999",
        "[1] + [2]",
        "'a\nb'",
        "-",
        "true",
      })
  void refusesEverythingElse(String text) {
    assertEquals(Optional.empty(), PythonLiteral.json(text));
  }
}
