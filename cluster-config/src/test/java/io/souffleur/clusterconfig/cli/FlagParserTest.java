package io.souffleur.clusterconfig.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagParserTest {
  private static ParsedFlags parse(String... arguments) throws UsageError {
    return FlagParser.parse(FlagTable.SERVE, List.of(arguments));
  }

  private static String refusal(String... arguments) {
    return assertThrows(UsageError.class, () -> parse(arguments)).getMessage();
  }

  @Test
  void readsBothWaysOfGivingAValue() throws UsageError {
    assertEquals(OptionalLong.of(8000), parse("--port", "8000").number("--port"));
    assertEquals(OptionalLong.of(8000), parse("--port=8000").number("--port"));
  }

  @Test
  void takesTheConstantDefaultOfAnAbsentFlag() throws UsageError {
    assertEquals(Optional.of("127.0.0.1"), parse().text("--host"));
    assertFalse(parse().given("--host"));
  }

  @ParameterizedTest
  @CsvSource({"--model, --model-path", "--tp, --tp-size", "--ep, --ep-size", "--dp, --dp-size"})
  void knowsAliases(String alias, String name) throws UsageError {
    assertTrue(parse(alias, "1").given(name));
  }

  @ParameterizedTest
  @CsvSource({
    "--tensor, --tp-size",
    "--model-p, --model-path",
    "--reas, --reasoning-parser",
    "--chunk, --chunked-prefill-size"
  })
  void completesUnambiguousPrefixes(String prefix, String name) throws UsageError {
    String value = name.equals("--reasoning-parser") ? "qwen3" : "1";
    assertTrue(parse(prefix, value).given(name));
  }

  @Test
  void refusesAmbiguousPrefixes() {
    assertEquals(
        "ambiguous option: --pp could match"
            + " --pp-async-batch-depth, --pp-max-micro-batch-size, --pp-size",
        refusal("--pp", "2"));
  }

  @Test
  void takesAnExactNameThoughLongerOnesStartWithIt() throws UsageError {
    ParsedFlags flags = parse("--log-level", "debug");
    assertTrue(flags.given("--log-level"));
    assertFalse(flags.given("--log-level-http"));
  }

  @Test
  void keepsDashesAndUnderscoresApart() {
    assertEquals(
        "unrecognized arguments: --model_path=x (did you mean --model-path?)",
        refusal("--model_path=x"));
  }

  @Test
  void letsTheLastOfTwoCount() throws UsageError {
    assertEquals(Optional.of("2"), parse("--port", "1", "--port", "2").text("--port"));
  }

  @Test
  void takesNegativeNumbersAsValues() throws UsageError {
    assertEquals(
        OptionalLong.of(-1),
        parse("--chunked-prefill-size", "-1").number("--chunked-prefill-size"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port|argument --port: expected one argument",
        "--port=abc|argument --port: invalid int value: 'abc'",
        "--port=70000|argument --port: 70000 is not in 0…65535",
        "--mem-fraction-static=0|argument --mem-fraction-static: 0 is not in (0.0, 1.0]",
        "--mem-fraction-static=1.5|argument --mem-fraction-static: 1.5 is not in (0.0, 1.0]",
        "--context-length=4x|argument --context-length: invalid number: '4x'"
            + " (such as 4096, 25.6k, 1M, 4Ki)",
        "--trust-remote-code=1|argument --trust-remote-code: ignored explicit argument '1'",
        "--sampling-defaults=x|argument --sampling-defaults: invalid choice: 'x'"
            + " (choose from openai, model)",
        "--default-chat-template-kwargs=[]|argument --default-chat-template-kwargs:"
            + " needs a JSON object, such as {\"key\": 1}, not '[]'",
        "stray|unrecognized arguments: stray",
        "-p|unrecognized arguments: -p"
      })
  void saysWhatIsWrongAndWhatIsAllowed(String argument, String message) {
    assertEquals(message, refusal(argument));
  }

  @Test
  void takesNoFlagForAValue() {
    assertEquals("argument --host: expected one argument", refusal("--host", "--port", "1"));
  }

  @Test
  void readsSeveralValuesUpToTheNextFlag() throws UsageError {
    ParsedFlags flags = parse("--cuda-graph-bs", "1", "2", "4", "--port", "1");
    assertEquals(
        List.of("1", "2", "4"), flags.values().get(flags.table().require("--cuda-graph-bs")));
  }

  @Test
  void refusesValuesThatThisBuildCannotHonour() {
    assertEquals(
        "argument --tp-size/--tensor-parallel-size/--tp: '8' is refused:"
            + " one rank per replica is built; leave the flag out or give 1",
        refusal("--tp", "8"));
    assertTrue(refusal("--dtype", "half").contains("no kernel computes in float16"));
  }

  @Test
  void repeatsNoSecret() {
    String message = refusal("--ssl-keyfile-password", "secret-word");
    assertTrue(message.contains("plain HTTP"), message);
    assertFalse(message.contains("secret-word"), message);
  }

  @Test
  void notesFlagsWithoutEffectOnce() throws UsageError {
    assertEquals(
        List.of("--trust-remote-code has no effect: a JVM runs no code of a checkpoint"),
        parse("--trust-remote-code", "--trust-remote-code").notices());
  }

  @Test
  void notesDeprecatedNames() throws UsageError {
    ParsedFlags flags = parse("--stream-output");
    assertTrue(flags.given("--incremental-streaming-output"));
    assertEquals(
        List.of("--stream-output is deprecated and will go; use --incremental-streaming-output"),
        flags.notices());
  }

  @Test
  void keepsWordsForCommandsThatTakeThem() throws UsageError {
    ParsedFlags flags = FlagParser.parseWithWords(
        GenerateFlags.TABLE, List.of("Hello", "--max-tokens", "8", "you there", "--", "--x"));
    assertEquals(List.of("Hello", "you there", "--x"), flags.words());
  }

  @Test
  void letsTheCommandLineWinOverTheFile(@TempDir Path folder) throws IOException, UsageError {
    Path file = write(folder, """
        port: 1
        host: 0.0.0.0
        log-requests: true
        disable-radix-cache: false
        default-chat-template-kwargs: {enable_thinking: false}
        cuda-graph-bs: [1, 2]
        """);
    ParsedFlags flags = parse("--port", "2", "--config", file.toString());
    assertEquals(Optional.of("2"), flags.text("--port"));
    assertEquals(Optional.of("0.0.0.0"), flags.text("--host"));
    assertEquals(
        Optional.of("{\"enable_thinking\":false}"), flags.text("--default-chat-template-kwargs"));
    assertTrue(flags.given("--log-requests"));
    assertFalse(flags.given("--disable-radix-cache"));
    assertEquals(List.of("1", "2"), flags.values().get(flags.table().require("--cuda-graph-bs")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prot: 1|has the unknown key 'prot' (did you mean port?)",
        "log-requests: yes please|log-requests takes true or false",
        "port:|port has no value",
        "port: abc|invalid int value: 'abc'",
        "[1, 2]|is no mapping of flag names to values",
        "'{'|is no YAML"
      })
  void namesWhatIsWrongInTheFile(String content, String clause, @TempDir Path folder)
      throws IOException {
    Path file = write(folder, content.equals("'{'") ? "{" : content);
    String message = refusal("--config", file.toString());
    assertTrue(message.contains(clause), message);
  }

  @Test
  void refusesAFileThatIsNotThere() {
    assertTrue(refusal("--config", "nowhere.yaml").contains("cannot read nowhere.yaml"));
  }

  private static Path write(Path folder, String content) throws IOException {
    return Files.writeString(folder.resolve("launch.yaml"), content);
  }
}
