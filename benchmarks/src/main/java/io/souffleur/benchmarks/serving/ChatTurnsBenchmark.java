package io.souffleur.benchmarks.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What the prefix cache leaves of a turn: time to the first token of each turn of a growing chat, one after
 * the other with what the turn's new tokens take without a cache.
 *
 * <pre>
 *   alone      the same number of new tokens as a prompt of their own: less attention than a turn has
 *   in place   new tokens behind the same number of others, all computed: time of the whole prompt minus
 *              time of a prompt as long as the cached part
 * </pre>
 *
 * <p>Arguments: URL of a server, vocabulary of its model, then, if wanted, turns (8), new tokens a turn
 * (496), tokens of an answer (16), chats (3), result file.
 */
public final class ChatTurnsBenchmark {
  private static final int FIRST_ID = 1_000;

  private final GenerateClient client;
  /** Not seeded: a server remembers the prompts of earlier runs. */
  private final Random random = new Random();

  private final int vocabulary;
  private final int turns;
  private final int turnTokens;
  private final int answerTokens;

  private ChatTurnsBenchmark(
      GenerateClient client, int vocabulary, int turns, int turnTokens, int answerTokens) {
    this.client = client;
    this.vocabulary = vocabulary;
    this.turns = turns;
    this.turnTokens = turnTokens;
    this.answerTokens = answerTokens;
  }

  /** One turn, and the prompt of its own that it is compared with. */
  private record Turn(
      int prompt, int cached, double millis, double aloneMillis, double inPlaceMillis) {
    double ratio() {
      return millis / inPlaceMillis;
    }

    String json(int number) {
      return String.format(
          Locale.ROOT,
          "{\"turn\": %d, \"promptTokens\": %d, \"cachedTokens\": %d, \"ttftMs\": %.2f,"
              + " \"aloneMs\": %.2f, \"ratioToAlone\": %.3f,"
              + " \"inPlaceMs\": %.2f, \"ratioToInPlace\": %.3f}",
          number,
          prompt,
          cached,
          millis,
          aloneMillis,
          millis / aloneMillis,
          inPlaceMillis,
          ratio());
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    int chats = number(args, 5, 3);
    var benchmark = new ChatTurnsBenchmark(
        new GenerateClient(args[0]),
        Integer.parseInt(args[1]),
        number(args, 2, 8),
        number(args, 3, 496),
        number(args, 4, 16));
    benchmark.client.ask(benchmark.tokens(64), 4);
    List<List<Turn>> all = new ArrayList<>();
    for (int chat = 0; chat < chats; chat++) {
      all.add(benchmark.chat());
    }
    List<Turn> medians = benchmark.medians(all);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < medians.size(); i++) {
      lines.add(medians.get(i).json(i + 1));
    }
    lines.forEach(System.out::println);
    if (args.length > 6) {
      Files.writeString(
          Path.of(args[6]),
          "{\"chats\": " + chats + ", \"turns\": [\n  " + String.join(",\n  ", lines) + "\n]}\n");
    }
  }

  private static int number(String[] args, int index, int absent) {
    return args.length > index ? Integer.parseInt(args[index]) : absent;
  }

  private List<Turn> chat() throws IOException, InterruptedException {
    List<Integer> history = new ArrayList<>();
    List<Turn> measured = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      history.addAll(tokens(turnTokens));
      GenerateClient.Answer answer = client.ask(history, answerTokens);
      int fresh = history.size() - answer.cachedTokens();
      double alone = coldMillis(fresh);
      double inPlace = coldMillis(history.size()) - coldMillis(answer.cachedTokens());
      measured.add(new Turn(
          history.size(), answer.cachedTokens(), answer.firstTokenNanos() / 1e6, alone, inPlace));
      history.addAll(answer.tokens());
    }
    return measured;
  }

  /** Time to the first token of a prompt that nobody sent before; 0 for none. */
  private double coldMillis(int promptTokens) throws IOException, InterruptedException {
    return promptTokens == 0 ? 0 : client.ask(tokens(promptTokens), 1).firstTokenNanos() / 1e6;
  }

  /** The turn with the median ratio of all chats. */
  private List<Turn> medians(List<List<Turn>> chats) {
    List<Turn> medians = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      int number = turn;
      List<Turn> sorted = chats.stream()
          .map(chat -> chat.get(number))
          .sorted((a, b) -> Double.compare(a.ratio(), b.ratio()))
          .toList();
      medians.add(sorted.get(sorted.size() / 2));
    }
    return medians;
  }

  private List<Integer> tokens(int count) {
    return random.ints(count, FIRST_ID, vocabulary).boxed().toList();
  }
}
