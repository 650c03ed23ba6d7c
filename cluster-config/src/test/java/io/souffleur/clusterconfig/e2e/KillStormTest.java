package io.souffleur.clusterconfig.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.souffleur.clusterconfig.e2e.KillStream.Question;
import io.souffleur.contracts.request.SamplingSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The real rank under load, killed and stopped at random moments, loading included: no stream is lost, no
 * token changes, nothing is left.
 *
 * <p>{@code -Dkills=100 -Dkills.seed=1} makes it long; one line with the numbers goes to standard error.
 */
class KillStormTest {
  private static final int KILLS = Integer.getInteger("kills", 5);
  private static final long SEED = Long.getLong("kills.seed", 5);
  private static final int STREAMS = 8;
  private static final int QUESTIONS = 24;
  private static final int STOP_ONE_IN = 5;
  private static final int EARLY_ONE_IN = 4;
  private static final int CALM_MILLIS = 700;

  /** What was done to a rank, and from when until when its successor was started. */
  private record Strike(String signal, boolean loading, long fromNanos, long toNanos) {
    String kind() {
      return signal + (loading ? " while loading" : "");
    }
  }

  private final Random random = new Random(SEED);
  private final List<KillStream> running = new ArrayList<>();
  private final List<KillStream> ended = new ArrayList<>();
  private final List<Strike> strikes = new ArrayList<>();

  @Test
  void noTokenChangesHoweverOftenTheRankDies() throws Exception {
    try (var engine = new KillableEngine(
        "--chunked-prefill-size",
        "64",
        "--max-running-requests",
        Integer.toString(STREAMS),
        "--max-total-tokens",
        "16384")) {
      List<Question> questions = questions(engine);
      List<int[]> answers =
          questions.stream().map(each -> KillStream.ask(engine, each)).toList().stream()
              .map(KillStream::await)
              .toList();

      while (strikes.size() < KILLS) {
        strike(engine, questions);
      }
      running.forEach(KillStream::await);
      ended.addAll(running);

      int changed = 0;
      for (KillStream stream : ended) {
        changed += differences(answers.get(questions.indexOf(stream.question)), stream.await());
      }
      System.err.println("kill storm: " + KILLS + " strikes, seed " + SEED + ", " + ended.size()
          + " streams, " + changed + " tokens changed, " + engine.counter("steps-replayed")
          + " steps replayed" + silences());
      assertEquals(0, changed, "tokens changed, seed " + SEED);
      assertEquals(1, engine.status().epoch());
      engine.assertNothingIsHeld();
      engine.assertFootprint();
    }
  }

  private static List<Question> questions(KillableEngine engine) {
    Random random = new Random(SEED);
    int vocabulary = engine.client.model().vocabularySize();
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < QUESTIONS; i++) {
      int length = i % 3 == 0 ? 300 + random.nextInt(600) : 1 + random.nextInt(60);
      SamplingSpec sampling =
          i % 2 == 0 ? SamplingSpec.GREEDY : new SamplingSpec(0.9f, 0.95f, 0, 0, 7L + i, 0);
      questions.add(new Question(
          random.ints(length, 0, vocabulary).toArray(), 100 + random.nextInt(300), sampling));
    }
    return questions;
  }

  private void keepBusy(KillableEngine engine, List<Question> questions) {
    for (KillStream stream : List.copyOf(running)) {
      if (stream.hasEnded()) {
        running.remove(stream);
        ended.add(stream);
      }
    }
    while (running.size() < STREAMS) {
      running.add(KillStream.ask(engine, questions.get(random.nextInt(QUESTIONS))));
    }
  }

  /** Waits for a rank, or only a little after the last was struck, then strikes, and sees it die. */
  private void strike(KillableEngine engine, List<Question> questions) {
    boolean early = !strikes.isEmpty() && random.nextInt(EARLY_ONE_IN) == 0;
    if (!early) {
      KillableEngine.until(() -> engine.status().rankReady());
    }
    long moment = System.nanoTime() + random.nextInt(CALM_MILLIS) * 1_000_000L;
    KillableEngine.until(() -> {
      keepBusy(engine, questions);
      return System.nanoTime() - moment > 0 && !ranks().isEmpty();
    });
    String signal = random.nextInt(STOP_ONE_IN) == 0 ? "STOP" : "KILL";
    int incarnation = engine.status().rankIncarnation();
    boolean loading = !engine.status().rankReady();
    long from = System.nanoTime();
    ranks().forEach(rank -> RankProcesses.signal(rank, signal));
    awaitSuccessor(engine, incarnation);
    strikes.add(new Strike(signal, loading, from, System.nanoTime()));
  }

  private static List<ProcessHandle> ranks() {
    return RankProcesses.alive(KillableRankMain.class);
  }

  /** A stopped rank is only missed when it has something to do. */
  private void awaitSuccessor(KillableEngine engine, int incarnation) {
    KillableEngine.until(() -> engine.status().rankIncarnation() > incarnation
        || running.stream().allMatch(KillStream::hasEnded));
  }

  private static int differences(int[] expected, int[] found) {
    int different = Math.abs(expected.length - found.length);
    for (int i = 0; i < Math.min(expected.length, found.length); i++) {
      different += expected[i] == found[i] ? 0 : 1;
    }
    return different;
  }

  /** Per kind of strike: median and longest of the pauses that single streams had. */
  private String silences() {
    StringBuilder text = new StringBuilder();
    for (String kind : strikes.stream().map(Strike::kind).distinct().sorted().toList()) {
      long[] nanos = strikes.stream()
          .filter(strike -> strike.kind().equals(kind))
          .flatMapToLong(strike -> ended.stream()
              .mapToLong(stream -> stream.silenceNanos(strike.fromNanos(), strike.toNanos())))
          .filter(silence -> silence > 0)
          .sorted()
          .toArray();
      long times = strikes.stream().filter(strike -> strike.kind().equals(kind)).count();
      text.append("; ").append(kind).append(' ').append(times).append(" times");
      if (nanos.length > 0) {
        text.append(", silence p50 ")
            .append(nanos[nanos.length / 2] / 1_000_000)
            .append(" ms, max ")
            .append(Arrays.stream(nanos).max().orElseThrow() / 1_000_000)
            .append(" ms of ")
            .append(nanos.length)
            .append(" streams");
      }
    }
    return text.toString();
  }
}
