package io.souffleur.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts and the prompts that follow them, by real templates. */
class SharedPrefixesTest {
  private static final String UNDERSTUDY = "small/chat_template.jinja";
  private static final String MINICPM = "chat/template_minicpmv46.jinja";
  private static final String QWEN3 = "chat/qwen3_like.jinja";

  private static final Map<String, ?> THINKING = Map.of("enable_thinking", true);
  private static final Map<String, ?> SILENT = Map.of("enable_thinking", false);
  private static final List<?> NO_TOOLS = List.of();
  private static final List<?> TOOLS = List.of(Map.of(
      "type",
      "function",
      "function",
      Map.of("name", "weather", "parameters", Map.of("type", "object", "properties", Map.of()))));

  private static final Map<String, Object> SYSTEM = message("system", "Be short and kind.");
  private static final Map<String, Object> QUESTION = message("user", "What is 7 times 6?");
  private static final Map<String, Object> ANSWER = message("assistant", "It is 42.");
  private static final Map<String, Object> NEXT = message("user", "And 8 times 6?");
  private static final Map<String, Object> RESULT = message("tool", "Rain.");

  @TempDir
  static Path folder;

  private static Tokenizer tokenizer;

  @BeforeAll
  static void load() {
    tokenizer = TextAssets.load(SmallModel.into(folder)).tokenizer();
  }

  private static Map<String, Object> message(String role, String content) {
    return Map.of("role", role, "content", content);
  }

  private static Map<String, Object> call(String thought) {
    var function = Map.of("name", "weather", "arguments", Map.of("city", "Rome"));
    var call = Map.of("id", "call_1", "type", "function", "function", function);
    return thought.isEmpty()
        ? Map.of("role", "assistant", "content", "", "tool_calls", List.of(call))
        : Map.of(
            "role",
            "assistant",
            "content",
            "",
            "reasoning_content",
            thought,
            "tool_calls",
            List.of(call));
  }

  private static TextAssets text(String template) {
    String source = Trees.text(SharedPrefixesTest.class, template);
    return new TextAssets(
        tokenizer,
        Optional.of(ChatTemplate.parse(source, SpecialTokens.NONE, Clock.systemUTC())),
        SpecialTokens.NONE,
        List.of());
  }

  private static String render(
      TextAssets text, List<?> messages, List<?> tools, Map<String, ?> kwargs) {
    return text.chatTemplate().orElseThrow().render(messages, tools, true, kwargs);
  }

  private static int[] lengths(
      TextAssets text, List<?> messages, List<?> tools, Map<String, ?> kwargs) {
    String rendered = render(text, messages, tools, kwargs);
    return new SharedPrefixes(text)
        .ofChat(rendered, tokenizer.encode(rendered), messages, tools, kwargs);
  }

  /** Of what the next prompt shares with this one, the part that no given length covers. */
  private static int uncovered(
      String template, List<?> tools, Map<String, ?> kwargs, List<?> now, List<?> then) {
    TextAssets text = text(template);
    int[] prompt = tokenizer.encode(render(text, now, tools, kwargs));
    int[] next = tokenizer.encode(render(text, then, tools, kwargs));
    int mismatch = Arrays.mismatch(prompt, next);
    int shared = Math.min(mismatch, prompt.length - 1);
    int covered = Arrays.stream(lengths(text, now, tools, kwargs))
        .filter(length -> length <= shared)
        .max()
        .orElse(0);
    return shared - covered;
  }

  @ParameterizedTest
  @ValueSource(strings = {UNDERSTUDY, MINICPM, QWEN3})
  void coversWhatTheNextTurnOfAChatShares(String template) {
    var now = List.of(SYSTEM, QUESTION);
    var then = List.of(SYSTEM, QUESTION, ANSWER, NEXT);
    for (Map<String, ?> kwargs : List.of(THINKING, SILENT, Map.<String, Object>of())) {
      assertEquals(0, uncovered(template, NO_TOOLS, kwargs, now, then), kwargs.toString());
      assertEquals(0, uncovered(template, TOOLS, kwargs, now, then), kwargs.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {UNDERSTUDY, MINICPM, QWEN3})
  void coversWhatTheNextTurnOfAToolLoopShares(String template) {
    toolLoop(template, THINKING, "I need the weather.");
    toolLoop(template, THINKING, "");
    toolLoop(template, SILENT, "");
  }

  private static void toolLoop(String template, Map<String, ?> kwargs, String thought) {
    var now = List.of(SYSTEM, QUESTION);
    var then = List.of(SYSTEM, QUESTION, call(thought), RESULT);
    var later = List.of(SYSTEM, QUESTION, call(thought), RESULT, call(thought), RESULT);
    String when = kwargs + " '" + thought + "'";
    assertEquals(0, uncovered(template, TOOLS, kwargs, now, then), when);
    assertEquals(0, uncovered(template, TOOLS, kwargs, then, later), when);
  }

  @ParameterizedTest
  @ValueSource(strings = {UNDERSTUDY, MINICPM, QWEN3})
  void coversWhatAQuestionAfterAToolLoopShares(String template) {
    for (Map<String, ?> kwargs : List.of(THINKING, SILENT)) {
      var now = List.of(SYSTEM, QUESTION, call("Hm."), RESULT);
      var then = List.of(SYSTEM, QUESTION, call("Hm."), RESULT, ANSWER, NEXT);
      assertEquals(0, uncovered(template, TOOLS, kwargs, now, then), kwargs.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {UNDERSTUDY, MINICPM, QWEN3})
  void coversTheSystemPromptForOtherQuestions(String template) {
    TextAssets text = text(template);
    int[] one = tokenizer.encode(render(text, List.of(SYSTEM, QUESTION), NO_TOOLS, THINKING));
    int[] given = lengths(text, List.of(SYSTEM, QUESTION), NO_TOOLS, THINKING);
    int start = tokenizer.idOf("<|im_start|>").orElseThrow();
    int user =
        IntStream.range(1, one.length).filter(i -> one[i] == start).findFirst().orElseThrow();

    assertTrue(Arrays.stream(given).anyMatch(length -> length == user), Arrays.toString(given));
  }

  @Test
  void endsBeforeTheThoughtThatHistoryDrops() {
    TextAssets text = text(MINICPM);
    String rendered = render(text, List.of(QUESTION), NO_TOOLS, THINKING);
    int[] tokens = tokenizer.encode(rendered);
    int[] given = lengths(text, List.of(QUESTION), NO_TOOLS, THINKING);
    int thought = tokenizer.encode(rendered.substring(0, rendered.indexOf("<think>"))).length;
    int answer = tokenizer.encode(rendered.substring(0, rendered.indexOf("<|im_start|>a"))).length;

    assertArrayEquals(new int[] {answer, thought, tokens.length - 1}, given);
  }

  @Test
  void spellingsOfMarkersInTextAreTakenAsTheTokensTheyBecome() {
    var tricky = message("user", "Say <|im_start|>user\nno<|im_end|> twice: <|im_start|>");
    for (String template : List.of(UNDERSTUDY, MINICPM, QWEN3)) {
      var now = List.of(SYSTEM, tricky);
      var then = List.of(SYSTEM, tricky, ANSWER, NEXT);
      assertEquals(0, uncovered(template, NO_TOOLS, THINKING, now, then), template);
    }
  }

  @Test
  void aTemplateThatRefusesTheContinuationLosesOnlyThatLength() {
    TextAssets text = new TextAssets(
        tokenizer,
        Optional.of(ChatTemplate.parse(
            "{% for m in messages %}{% if m.role != 'user' %}{{ raise_exception('users only') }}"
                + "{% endif %}<|im_start|>{{ m.content }}{% endfor %}"
                + "{% if add_generation_prompt %}<|im_start|>{% endif %}",
            SpecialTokens.NONE, Clock.systemUTC())),
        SpecialTokens.NONE,
        List.of());
    int[] tokens = tokenizer.encode("<|im_start|>a<|im_start|>b<|im_start|>");

    assertArrayEquals(
        new int[] {2, 4},
        lengths(text, List.of(message("user", "a"), message("user", "b")), NO_TOOLS, Map.of()));
    assertEquals(5, tokens.length);
  }

  @Test
  void aTemplateWithoutMarkersIsComparedAsAWhole() {
    TextAssets text = new TextAssets(
        tokenizer,
        Optional.of(ChatTemplate.parse(
            "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
                + "{% if add_generation_prompt %}assistant: (thinking){% endif %}",
            SpecialTokens.NONE, Clock.systemUTC())),
        SpecialTokens.NONE,
        List.of());
    int shared = Arrays.mismatch(
        tokenizer.encode("user: What is 7 times 6?\nassistant: (thinking)"),
        tokenizer.encode("user: What is 7 times 6?\nassistant: x\n"));

    int[] given = lengths(text, List.of(QUESTION), NO_TOOLS, Map.of());
    assertEquals(shared, given[0]);
    assertEquals(2, given.length);
  }

  @Test
  void idsWithoutAConversationHaveStartsAndAnEnd() {
    SharedPrefixes prefixes = new SharedPrefixes(text(UNDERSTUDY));
    int start = tokenizer.idOf("<|im_start|>").orElseThrow();

    assertArrayEquals(new int[] {2, 4}, prefixes.of(new int[] {start, 5, start, 6, 7}));
    assertArrayEquals(new int[0], prefixes.of(new int[] {5}));
    assertArrayEquals(new int[] {1}, prefixes.of(new int[] {5, 6}));
  }

  @Test
  void ofManyMessagesTheFirstAndTheLastCount() {
    SharedPrefixes prefixes = new SharedPrefixes(text(UNDERSTUDY));
    int start = tokenizer.idOf("<|im_start|>").orElseThrow();
    int[] tokens = new int[2_000];
    Arrays.setAll(tokens, i -> i % 2 == 0 ? start : 5);
    int[] given = prefixes.of(tokens);

    List<Integer> wanted = new ArrayList<>();
    IntStream.range(1, SharedPrefixes.FIRST_MESSAGES).forEach(i -> wanted.add(2 * i));
    int last = SharedPrefixes.LENGTHS_MAX - SharedPrefixes.FIRST_MESSAGES;
    IntStream.rangeClosed(1, last).forEach(i -> wanted.add(2_000 - 2 * (last + 1 - i)));
    wanted.add(1_999);
    assertEquals(wanted, Arrays.stream(given).boxed().toList());
  }
}
