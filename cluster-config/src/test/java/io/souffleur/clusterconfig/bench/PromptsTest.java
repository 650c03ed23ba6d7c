package io.souffleur.clusterconfig.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.ServingWords;
import io.souffleur.tokenizer.TextAssets;
import io.souffleur.understudy.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptsTest {
  private static final String FILE = """
      [{"conversations": [{"from": "human", "value": "Alone and without an answer"}]},
       {"conversations": [{"from": "human", "value": "How are you today?"},
                          {"from": "gpt", "value": "Very well, thank you."}]},
       {"conversations": [{"from": "human", "value": "Tell me a long, long, long, long story."},
                          {"from": "gpt", "value": "Once upon a time there was a king."}]}]
      """;

  private static TextAssets text;

  @TempDir
  private static Path folder;

  @BeforeAll
  static void load() throws IOException {
    text = TextAssets.load(EmbeddedModel.unpack(folder));
    Files.writeString(folder.resolve("talk.json"), FILE);
  }

  private static Prompts make(String... words) throws LaunchError {
    var data = ServingWords.options(List.of(words)).data();
    return Prompts.make(data, text, new NumpyRandom(data.seed()));
  }

  private static Prompts fromFile(String... more) throws LaunchError {
    List<String> words =
        new ArrayList<>(List.of("--dataset-path", folder.resolve("talk.json").toString()));
    words.addAll(List.of(more));
    return make(words.toArray(String[]::new));
  }

  private static int tokens(String words) {
    return text.tokenizer().encode(words).length;
  }

  @Test
  void conversationsOfAFileAreAskedAsTheyStand() throws LaunchError {
    Prompts prompts = fromFile("--num-prompts", "10");

    assertEquals("", prompts.source());
    assertEquals(2, prompts.requests().size(), "one has no answer, and a file is not repeated");
    BenchRequest greeting = prompts.requests().stream()
        .filter(request -> request.text().equals("How are you today?"))
        .findFirst()
        .orElseThrow();
    assertEquals(tokens("How are you today?"), greeting.inputTokens());
    assertEquals(tokens("Very well, thank you."), greeting.outputTokens());
  }

  @Test
  void longConversationsAreLeftOut() throws LaunchError {
    int shorter = tokens("How are you today?") + 4;

    Prompts prompts =
        fromFile("--sharegpt-output-len", "4", "--sharegpt-context-len", Integer.toString(shorter));

    assertEquals(
        List.of("How are you today?"),
        prompts.requests().stream().map(BenchRequest::text).toList());
  }

  @Test
  void chatTemplateWrapsAPrompt() throws LaunchError {
    String sent = fromFile("--apply-chat-template").requests().getFirst().text();

    assertTrue(sent.startsWith("<|im_start|>"), sent);
  }

  @Test
  void bundledTextIsNamedAndNeverUsedUp() throws LaunchError {
    Prompts prompts = make("--num-prompts", "70");

    assertTrue(prompts.source().contains("bundled"));
    assertEquals(70, prompts.requests().size());
    assertEquals(
        70, prompts.requests().stream().map(BenchRequest::text).distinct().count());
  }

  @Test
  void randomPromptsHaveTheDrawnLengthsAndBeginDifferently() throws LaunchError {
    Prompts prompts = make(
        "--dataset-name",
        "random",
        "--tokenize-prompt",
        "--num-prompts",
        "90",
        "--random-in",
        "80",
        "--random-range-ratio",
        "0.5");

    assertEquals(
        90,
        prompts.requests().stream()
            .map(request -> List.of(
                request.ids().orElseThrow()[0],
                request.ids().orElseThrow()[1],
                request.ids().orElseThrow()[2],
                request.ids().orElseThrow()[3],
                request.ids().orElseThrow()[4]))
            .distinct()
            .count());
    prompts.requests().forEach(request -> {
      assertEquals(request.inputTokens(), request.ids().orElseThrow().length);
      assertTrue(request.inputTokens() >= 40 && request.inputTokens() <= 80);
    });
  }

  @Test
  void randomIdsAreConsecutive() throws LaunchError {
    int limit = text.tokenizer().vocabularySize();

    int[] ids = make(
            "--dataset-name",
            "random-ids",
            "--tokenize-prompt",
            "--num-prompts",
            "3",
            "--random-in",
            "9",
            "--random-range-ratio",
            "1")
        .requests()
        .getLast()
        .ids()
        .orElseThrow();

    int[] expected = new int[9];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (ids[0] + i) % limit;
    }
    assertArrayEquals(expected, ids);
  }

  @Test
  void fileWithoutConversationsIsRefused() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.json"), "[]");
    Path broken = Files.writeString(folder.resolve("broken.json"), "[{");

    assertTrue(assertThrows(LaunchError.class, () -> make("--dataset-path", empty.toString()))
        .getMessage()
        .contains("holds no conversation"));
    assertTrue(assertThrows(LaunchError.class, () -> make("--dataset-path", broken.toString()))
        .getMessage()
        .contains("not readable JSON"));
  }
}
