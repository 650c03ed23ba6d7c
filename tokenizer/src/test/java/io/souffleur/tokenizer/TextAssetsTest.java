package io.souffleur.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextAssetsTest {
  @TempDir
  Path folder;

  private void write(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(folder.resolve(name), text);
  }

  private String render() {
    return render(List.of());
  }

  private String render(List<?> tools) {
    return TextAssets.load(folder)
        .chatTemplate()
        .orElseThrow()
        .render(List.of(Map.of("role", "user", "content", "Hi")), tools, true, Map.of());
  }

  private String failure() {
    String message =
        assertThrows(TokenizerException.class, () -> TextAssets.load(folder)).getMessage();
    assertFalse(message.contains("\n"), "one line: " + message);
    return message;
  }

  @Test
  void loadsEverythingOfAFolder() {
    TextAssets assets = TextAssets.load(SmallModel.into(folder));
    assertEquals(Optional.of("<|im_end|>"), assets.specialTokens().eos());
    assertEquals(List.of(1239, 1241), assets.stopTokenIds());
    assertEquals(
        Optional.of("qwen3_coder"), assets.chatTemplate().orElseThrow().traits().toolParser());
    assertTrue(render().endsWith("<|im_start|>assistant\n<think>\n"), render());
  }

  @Test
  void unitesTheStopIdsOfAllFiles() throws IOException {
    SmallModel.copy("tokenizer.json", folder);
    write("generation_config.json", "{\"eos_token_id\": [7, 5]}");
    write("config.json", "{\"eos_token_id\": 9, \"text_config\": {\"eos_token_id\": [5, 3]}}");
    write("tokenizer_config.json", "{\"eos_token\": {\"content\": \"<|im_end|>\"}}");
    assertEquals(List.of(3, 5, 7, 9, 1241), TextAssets.load(folder).stopTokenIds());
  }

  @Test
  void hasNoTemplateWhereThereIsNone() {
    SmallModel.copy("tokenizer.json", folder);
    TextAssets assets = TextAssets.load(folder);
    assertTrue(assets.chatTemplate().isEmpty());
    assertEquals(SpecialTokens.NONE, assets.specialTokens());
    assertEquals(List.of(), assets.stopTokenIds());
  }

  @Test
  void takesTheTemplateFromTheTokenizerConfig() throws IOException {
    SmallModel.copy("tokenizer.json", folder);
    write(
        "tokenizer_config.json",
        "{\"chat_template\": \"{{ bos_token }}{{ messages[0].content }}\", \"bos_token\": \"<b>\"}");
    assertEquals("<b>Hi", render());
  }

  @Test
  void prefersTheTemplateFile() throws IOException {
    SmallModel.copy("tokenizer.json", folder);
    write("tokenizer_config.json", "{\"chat_template\": \"config\"}");
    write("chat_template.json", "{\"chat_template\": \"json\"}");
    assertEquals("config", render());
    write("chat_template.jinja", "file");
    assertEquals("file", render());
  }

  @Test
  void choosesTheNamedTemplateForTools() throws IOException {
    SmallModel.copy("tokenizer.json", folder);
    write(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"default\", \"template\": \"plain\"},"
            + " {\"name\": \"tool_use\", \"template\": \"{{ tools|length }} tools\"}]}");
    assertEquals("plain", render());
    assertEquals("1 tools", render(List.of(Map.of("type", "function"))));
  }

  @Test
  void prefersTheOperatorsTemplate() throws IOException {
    SmallModel.into(folder);
    write("mine.jinja", "mine");
    TextAssets assets = TextAssets.load(folder, Optional.of(folder.resolve("mine.jinja")));
    assertEquals(
        "mine", assets.chatTemplate().orElseThrow().render(List.of(), List.of(), true, Map.of()));
    Path missing = folder.resolve("none.jinja");
    assertThrows(TokenizerException.class, () -> TextAssets.load(folder, Optional.of(missing)));
  }

  @Test
  void refusesABrokenTemplateAtLoad() throws IOException {
    SmallModel.into(folder);
    write("chat_template.jinja", "{% if x %}");
    var refused = assertThrows(TemplateException.class, () -> TextAssets.load(folder));
    assertEquals(TemplateException.Reason.SYNTAX, refused.reason());
  }

  @Test
  void namesTheMissingTokenizer() {
    assertTrue(failure().contains("tokenizer.json is missing"));
  }

  @Test
  void namesTheMissingFolder() {
    var refused =
        assertThrows(TokenizerException.class, () -> TextAssets.load(folder.resolve("nowhere")));
    assertTrue(refused.getMessage().contains("nowhere"));
  }

  @Test
  void saysThatATruncatedTokenizerIsNoJson() throws IOException {
    SmallModel.copy("tokenizer.json", folder);
    String whole = Files.readString(folder.resolve("tokenizer.json"));
    write("tokenizer.json", whole.substring(0, whole.length() / 2));
    assertTrue(failure().contains("tokenizer.json is not valid JSON"), failure());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|has no model.vocab object",
        "''|is not valid JSON",
        "{}|has no model.vocab object",
        "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"a\": 0}}}|model of type WordPiece",
        "{\"model\": {\"vocab\": {\"a\": 0}}}|decoder of type none",
        "{\"model\": {\"vocab\": {\"a\": -1}}, \"decoder\": {\"type\": \"ByteLevel\"}}|'a' the id -1",
        "{\"model\": {\"vocab\": {\"a\": 99999999}}, \"decoder\": {\"type\": \"ByteLevel\"}}|the id 99999999",
        "{\"model\": {\"vocab\": {\"a\": \"x\"}}, \"decoder\": {\"type\": \"ByteLevel\"}}|'a' the id \"x\"",
        "{\"model\": {\"vocab\": {\"a\": 0}}, \"decoder\": {\"type\": \"ByteLevel\"}}|is not a usable tokenizer"
      })
  void saysWhatIsWrongWithATokenizer(String json, String expected) throws IOException {
    write("tokenizer.json", json);
    assertTrue(failure().contains(expected), failure());
    assertTrue(failure().contains("tokenizer.json"), failure());
  }

  @Test
  void saysWhichSmallFileIsBroken() throws IOException {
    SmallModel.copy("tokenizer.json", folder);
    write("tokenizer_config.json", "{\"eos_token\": \"<nope>\"}");
    assertTrue(failure().contains("'<nope>'"), failure());
    write("tokenizer_config.json", "[1]");
    assertTrue(failure().contains("tokenizer_config.json must hold a JSON object"), failure());
    write("tokenizer_config.json", "{");
    assertTrue(failure().contains("tokenizer_config.json is not valid JSON"), failure());
    write("tokenizer_config.json", "{\"chat_template\": 5}");
    assertTrue(failure().contains("chat_template as text"), failure());
    write("tokenizer_config.json", "{\"chat_template\": [{\"name\": \"x\", \"template\": \"y\"}]}");
    assertTrue(failure().contains("none named 'default'"), failure());
    write("tokenizer_config.json", "{}");
    write("generation_config.json", "{\"eos_token_id\": \"x\"}");
    assertTrue(failure().contains("generation_config.json has an eos_token_id"), failure());
  }
}
