package io.souffleur.http.stage.argument;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolSchemasTest {

  private static String convert(String schema, String text) throws JsonProcessingException {
    ObjectMapper json = new ObjectMapper();
    return ToolSchemas.of(json.readTree(
            "[{\"function\": {\"name\": \"f\", \"parameters\": {\"properties\": {\"k\": " + schema
                + "}}}}]"))
        .jsonValue("f", "k", text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "string   | 5            | \"5\"",
        "string   | null         | null",
        "string   | NULL         | null",
        "varchar  | true         | \"true\"",
        "enum     | 1            | \"1\"",
        "integer  | 2            | 2",
        "integer  | ` +1_000 `   | 1000",
        "integer  | -7           | -7",
        "integer  | 2.0          | \"2.0\"",
        "integer  | two          | \"two\"",
        "integer  | 1__0         | \"1__0\"",
        "integer  | 123456789012345678901234567890 | 123456789012345678901234567890",
        "uint32   | 4            | 4",
        "long     | 5            | 5",
        "number   | 3            | 3",
        "number   | 3.0          | 3.0",
        "number   | 899.5        | 899.5",
        "number   | 1e3          | 1000.0",
        "number   | 1e-7         | 1e-07",
        "number   | 1e400        | \"1e400\"",
        "number   | nan          | \"nan\"",
        "number   | inf          | \"inf\"",
        "number   | -.5          | -0.5",
        "number   | 0x10         | \"0x10\"",
        "number   | 1d           | \"1d\"",
        "float    | ten          | \"ten\"",
        "boolean  | true         | true",
        "boolean  | TRUE         | true",
        "boolean  | yes          | false",
        "boolean  | ` true`      | false",
        "bool     | False        | false",
        "object   | {\"a\":[1,null]}     | {\"a\": [1, null]}",
        "object   | {'a': True, 'b': (1, None)} | {\"a\": true, \"b\": [1, null]}",
        "object   | {bad         | \"{bad\"",
        "array    | [1e2,2]      | [100.0, 2]",
        "array    | 5            | 5",
        "array    | [1, NaN]     | \"[1, NaN]\"",
        "array    | [1e999]      | \"[1e999]\"",
        "array    | [1] x        | \"[1] x\"",
        "dict     | {\"a\": 1}   | {\"a\": 1}",
        "whatever | [1, 2]       | [1, 2]",
        "whatever | words        | \"words\"",
      })
  void convertsByType(String type, String text, String expected) throws JsonProcessingException {
    assertEquals(expected, convert("{\"type\": \"" + type + "\"}", text));
  }

  @Test
  void aListOfTypesMeansTheFirstThatFits() throws JsonProcessingException {
    assertEquals("\"5\"", convert("{\"type\": [\"string\", \"null\"]}", "5"));
    assertEquals("5", convert("{\"type\": [\"null\", \"integer\", \"string\"]}", "5"));
    assertEquals("\"x\"", convert("{\"type\": [\"integer\", \"string\"]}", "x"));
    assertEquals("null", convert("{\"type\": [\"string\", \"null\"]}", "null"));
  }

  @Test
  void aChoiceOfSchemasMeansTheFirstThatFits() throws JsonProcessingException {
    String choice =
        "{\"anyOf\": [{\"type\": \"integer\"}, {\"type\": \"array\"}, {\"type\": \"null\"}]}";

    assertEquals("5", convert(choice, "5"));
    assertEquals("[1]", convert(choice, "[1]"));
    assertEquals("\"x\"", convert(choice, "x"));
  }

  @Test
  void withoutATypeTheValueIsAString() throws JsonProcessingException {
    assertEquals("\"5\"", convert("{\"enum\": [5]}", "5"));
    assertEquals("\"5\"", convert("{\"$ref\": \"#/x\"}", "5"));
    assertEquals("\"5\"", convert("5", "5"));
  }

  @Test
  void unknownFunctionsAndKeysGiveStrings() {
    ToolSchemas none = ToolSchemas.of(JsonNodeFactory.instance.arrayNode());

    assertEquals("\"5\"", none.jsonValue("f", "k", "5"));
    assertEquals("null", none.jsonValue("f", "k", "Null"));
  }

  @Test
  void parametersWithoutPropertiesAreTheProperties() throws JsonProcessingException {
    ToolSchemas tools = ToolSchemas.of(
        new ObjectMapper()
            .readTree(
                "[{\"function\": {\"name\": \"f\", \"parameters\": {\"k\": {\"type\": \"integer\"}}}}]"));

    assertEquals("5", tools.jsonValue("f", "k", "5"));
  }

  @Test
  void deepNestingStaysAString() throws JsonProcessingException {
    String deep = "[".repeat(200) + "]".repeat(200);

    assertEquals("\"" + deep + "\"", convert("{\"type\": \"array\"}", deep));
    assertEquals(
        "\"" + "[".repeat(100_000) + "\"", convert("{\"type\": \"array\"}", "[".repeat(100_000)));
  }
}
