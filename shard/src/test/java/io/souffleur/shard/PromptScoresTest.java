package io.souffleur.shard;

import static io.souffleur.testkit.TensorAssertions.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.contracts.step.StepFailure;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.models.ComputeType;
import io.souffleur.scheduler.CacheSettings;
import io.souffleur.scheduler.EngineLoop;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scores of prompts: against a softmax in double precision, and from engine loop to kernels. */
class PromptScoresTest {
  private static final int CONTEXT = 128;
  private static final int PROMPT = 90;
  private static final CacheCapacity CAPACITY = new CacheCapacity(24, 8);

  private TinyModel model;
  private KvStore kv;
  private StateStore states;
  private ShardRuntime rank;
  private int[] prompt;
  private final StepPlan plan = new StepPlan();
  private final StepResult result = new StepResult();
  private final Map<Integer, float[]> promptLogits = new TreeMap<>();
  private float[] drawnLogits = {};
  private int largestGroup;

  @BeforeEach
  void open() throws IOException {
    var on = TinyModel.cases()
        .filter(each -> each.computeType() == ComputeType.FLOAT32)
        .toList();
    model = new TinyModel(on.getLast(), 1);
    kv = KvStore.inMemory(model.layout(), CAPACITY);
    states = StateStore.inMemory(model.layout(), CAPACITY);
    rank = new ShardRuntime(
        model.decoder,
        model.kernels,
        kv,
        states,
        model.layout(),
        new ShardLimits(2, CONTEXT, CONTEXT / TinyModel.PAGE_TOKENS));
    rank.tap(new Logits());
    prompt = new Random(3).ints(PROMPT, 0, model.vocabulary()).toArray();
  }

  @AfterEach
  void close() {
    rank.close();
    states.close();
    kv.close();
    model.close();
  }

  private final class Logits implements LogitTap {
    @Override
    public void onLogits(StepPlan step, Tensor logits, int count) {
      drawnLogits = count == 0 ? drawnLogits : row(logits, 0);
    }

    @Override
    public void onPromptLogits(
        StepPlan step, Tensor logits, int[] runs, int[] positions, int count) {
      largestGroup = Math.max(largestGroup, count);
      for (int i = 0; i < count; i++) {
        promptLogits.put(positions[i], row(logits, i));
      }
    }

    private static float[] row(Tensor logits, int row) {
      return logits.rows(row, 1).memory().toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  /** A first run over the first tokens of the prompt. */
  private void run(SamplingSpec sampling, int tokens, boolean draws) {
    plan.reset(1, 1, 1, 0);
    plan.admit(0, sampling, PROMPT, new int[0]);
    for (int page = 0; page * TinyModel.PAGE_TOKENS < tokens; page++) {
      plan.addPage(0, page);
    }
    plan.addRun(0, 0, StepPlan.NO_SLOT, 0, draws);
    for (int i = 0; i < tokens; i++) {
      plan.addToken(prompt[i]);
    }
  }

  private static SamplingSpec scored(int top, List<Integer> ids, int from) {
    return SamplingSpec.GREEDY.withScores(new ScoreSpec(top, ids, from));
  }

  private static double logProbability(float[] logits, int token) {
    double max =
        IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
    double sum = IntStream.range(0, logits.length)
        .mapToDouble(i -> Math.exp(logits[i] - max))
        .sum();
    return logits[token] - max - Math.log(sum);
  }

  private void assertLog(int position, int token, double log) {
    double expected = logProbability(promptLogits.get(position), token);
    assertEquals(expected, log, 1e-5 * (1 + Math.abs(expected)), token + " at " + position);
  }

  @Test
  void everyScoreIsTheSoftmaxOfTheRowBeforeIt() {
    run(scored(2, List.of(5, 0), 4), 70, false);
    plan.scorePrompt(4, 71, prompt[70]);

    rank.execute(plan, result);

    assertEquals(67, promptLogits.size());
    assertEquals(67 * 5, result.promptScoreCount());
    assertTrue(largestGroup <= 16, largestGroup + " rows of logits at one time");
    for (int i = 0; i < result.promptScoreCount(); i++) {
      int position = 4 + i / 5;
      assertEquals(position, result.promptScorePosition(i));
      assertLog(position, result.promptScoreToken(i), result.promptScoreLog(i));
      switch (i % 5) {
        case 0 -> assertEquals(prompt[position], result.promptScoreToken(i));
        case 1 -> assertEquals(best(promptLogits.get(position)), result.promptScoreToken(i));
        case 2 ->
          assertTrue(result.promptScoreLog(i) <= result.promptScoreLog(i - 1), "at " + position);
        default -> assertEquals(i % 5 == 3 ? 5 : 0, result.promptScoreToken(i));
      }
    }
  }

  private static int best(float[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((one, other) -> logits[other] > logits[one] ? other : one)
        .orElseThrow();
  }

  @Test
  void aRowThatScoresHasTheLogitsOfOneThatDraws() {
    run(scored(0, List.of(), 1), 40, true);
    plan.scorePrompt(1, 41, prompt[40]);
    rank.execute(plan, result);
    assertSameBits("the last row does both", drawnLogits, promptLogits.get(40));
    for (int tokens : new int[] {1, 16, 17, 39}) {
      run(SamplingSpec.GREEDY, tokens, true);
      rank.execute(plan, result);
      assertSameBits("row " + tokens, drawnLogits, promptLogits.get(tokens));
    }
  }

  @Test
  void numbersThatAreNotFiniteFailTheRunEvenIfItDrawsNothing() {
    run(SamplingSpec.GREEDY.withScores(ScoreSpec.output(0)), 4, false);
    rank.execute(plan, result);
    states.slot(0).fill((byte) 0xFF);
    plan.reset(1, 1, 2, 0);
    plan.addRun(0, 4, 0, 1, false);
    plan.addToken(prompt[4]);
    plan.scorePrompt(5, 6, prompt[5]);

    rank.execute(plan, result);

    assertEquals(StepResult.NOT_FINITE, result.token(0));
  }

  @Test
  void scoringsThatDoNotFitTheirRunAreRefused() {
    assertRefused(0, 5, StepPlan.NO_TOKEN, "scores positions 0 to 5");
    assertRefused(5, 5, StepPlan.NO_TOKEN, "scores positions 5 to 5");
    assertRefused(2, 12, 1, "scores positions 2 to 12");
    assertRefused(2, 11, StepPlan.NO_TOKEN, "the last token being -1");
    assertRefused(2, 11, model.vocabulary(), "the last token being " + model.vocabulary());
    assertRefused(2, 5, 3, "the last token being 3");
    run(SamplingSpec.GREEDY, 10, false);
    plan.scorePrompt(2, 5, StepPlan.NO_TOKEN);
    assertViolation("seat 0 with a prompt of 90 tokens");
  }

  private void assertRefused(int from, int end, int following, String part) {
    run(scored(0, List.of(), 1), 10, false);
    plan.scorePrompt(from, end, following);
    assertViolation(part);
  }

  private void assertViolation(String part) {
    var failure = assertThrows(StepFailure.class, () -> rank.execute(plan, result));
    assertTrue(failure.getMessage().contains(part), failure.getMessage());
  }

  // ---- through the engine loop ----

  private EngineLoop engine(int chunk, CacheSettings cache) {
    var settings = new EngineSettings(CONTEXT, 2, chunk, CONTEXT, 10_000).cache(cache);
    return new EngineLoop(
        1, settings, model.layout(), CAPACITY, new LocalStepExecutor(rank), () -> 0);
  }

  private static void ask(
      EngineLoop loop,
      Answers answers,
      String id,
      int[] tokens,
      SamplingSpec sampling,
      int newTokens) {
    var request = new GenerationRequest(
        new RequestId(id), tokens, new int[0], sampling, newTokens, new int[0]);
    assertTrue(loop.inbox().submit(request, answers.sink(id)).isEmpty());
    while (!answers.allEnded()) {
      loop.doWork();
    }
  }

  private Answers ask(int[] tokens, SamplingSpec sampling, int newTokens, int chunk) {
    var answers = new Answers();
    EngineLoop loop = engine(chunk, CacheSettings.OFF);
    ask(loop, answers, "r", tokens, sampling, newTokens);
    assertEquals(1, loop.counters().snapshot().completed());
    return answers;
  }

  @Test
  void aCachedPrefixEndsBeforeTheRowOfTheFirstScore() {
    EngineLoop loop = engine(16, CacheSettings.ON);
    var answers = new Answers();
    ask(loop, answers, "all", prompt, scored(1, List.of(), 1), 4);
    ask(loop, answers, "again", prompt, scored(1, List.of(), 1), 4);
    ask(loop, answers, "late", prompt, scored(1, List.of(), 70), 4);
    ask(loop, answers, "output", prompt, SamplingSpec.GREEDY.withScores(ScoreSpec.output(1)), 4);

    assertEquals(0, answers.cachedTokens("again"));
    assertTrue(answers.cachedTokens("late") <= 69, "cached " + answers.cachedTokens("late"));
    assertTrue(answers.cachedTokens("output") > 0, "the cache is in use");
    assertEquals(answers.promptScores("all"), answers.promptScores("again"));
    assertEquals(answers.promptScores("all").tailMap(70), answers.promptScores("late"));
    assertEquals(answers.scores("all"), answers.scores("late"));
    assertEquals(answers.scores("all"), answers.scores("output"));
  }

  @Test
  void aStepFindsNoMoreScoresThanItsResultMayCarry() {
    List<Integer> ids = IntStream.range(0, ScoreSpec.IDS_MAX).boxed().toList();
    ScoreSpec wide = new ScoreSpec(ScoreSpec.TOP_MAX, ids, 1);
    int places = ScoreSpec.STEP_ENTRIES_MAX / wide.entries();
    assertTrue(places < PROMPT - 1, "the prompt is cut");

    Answers answers = ask(prompt, SamplingSpec.GREEDY.withScores(wide), 3, -1);

    assertEquals(PROMPT - 1, answers.promptScores("r").size());
    assertEquals(3, answers.tokens("r").size());
    Answers narrow = ask(prompt, scored(0, List.of(), 1), 3, 16);
    narrow
        .promptScores("r")
        .forEach((position, score) ->
            assertEquals(score.log(), answers.promptScores("r").get(position).log()));
  }

  /** What was drawn with a score has that score when it is read as a prompt. */
  @Test
  void anAnswerReadAsAPromptHasTheScoresItWasDrawnWith() {
    Answers drawn = ask(Arrays.copyOf(prompt, 30), scored(3, List.of(1, 2), 1), 40, 16);
    int[] whole = IntStream.concat(
            Arrays.stream(prompt, 0, 30), drawn.tokens("r").stream().mapToInt(token -> token))
        .toArray();

    Answers read = ask(whole, scored(3, List.of(1, 2), 30), 1, 7);

    List<TokenScore> scores = List.copyOf(read.promptScores("r").values());
    assertEquals(drawn.scores("r"), scores);
    assertEquals(30, read.promptScores("r").firstKey());
  }
}
