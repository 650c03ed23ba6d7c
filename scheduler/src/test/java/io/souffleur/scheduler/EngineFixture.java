package io.souffleur.scheduler;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * An engine loop with a hand-driven executor: plans are written down in words, results come when the
 * test says so. Pages of 4 tokens, a recurrent model.
 */
final class EngineFixture implements StepExecutor {
  static final int PAGE_TOKENS = 4;

  final List<String> plans = new ArrayList<>();
  final EngineLoop loop;
  int incarnation = 1;
  boolean ready = true;
  boolean refuses;
  int crashesExplained;
  long now;

  private final StepResult result = new StepResult();
  private StepPlan offered = new StepPlan();
  private boolean resultWaits;
  private int crashedIncarnation;

  EngineFixture(EngineSettings settings, int pages) {
    loop = new EngineLoop(
        7,
        settings,
        new CacheLayout(PAGE_TOKENS, 64, 64),
        new CacheCapacity(pages, 2 * settings.maxRunningRequests()),
        this,
        () -> now);
  }

  static EngineSettings settings(int context, int running, int chunk) {
    return new EngineSettings(context, running, chunk, 8, 1_000);
  }

  RecordingSink submit(String id, int promptTokens, int maxNew, int... stops) {
    var sink = new RecordingSink();
    Optional<Rejected> refusal = trySubmit(id, promptTokens, maxNew, sink, stops);
    if (refusal.isPresent()) {
      throw new AssertionError(refusal.toString());
    }
    return sink;
  }

  Optional<Rejected> trySubmit(
      String id, int promptTokens, int maxNew, TokenSink sink, int... stops) {
    return loop.inbox().submit(request(id, promptTokens, maxNew, stops), sink);
  }

  static GenerationRequest request(String id, int promptTokens, int maxNew, int... stops) {
    int[] prompt = new int[promptTokens];
    for (int i = 0; i < promptTokens; i++) {
      prompt[i] = 100 + i;
    }
    return new GenerationRequest(
        new RequestId(id), prompt, new int[0], SamplingSpec.GREEDY, maxNew, stops);
  }

  /** One cycle that offers a step; its plan in words. */
  String step() {
    int before = plans.size();
    loop.doWork();
    loop.checkIntegrity();
    return plans.size() == before ? "none" : plans.getLast();
  }

  /** Lets the step in flight end with these tokens, one per run; then a cycle, which plans the next. */
  String finish(int... tokens) {
    result.reset(offered);
    for (int run = 0; run < tokens.length; run++) {
      result.token(run, tokens[run]);
    }
    resultWaits = true;
    return step();
  }

  /** The rank crashes in its step, by its own doing; the plan that its successor gets. */
  String crash() {
    crashedIncarnation = incarnation;
    incarnation++;
    return step();
  }

  EngineSnapshot counters() {
    return loop.counters().snapshot();
  }

  @Override
  public boolean offer(StepPlan plan) {
    if (refuses) {
      return false;
    }
    offered = plan;
    plans.add(words(plan));
    return true;
  }

  @Override
  public int poll(StepHandler handler, int limit) {
    if (!resultWaits) {
      return 0;
    }
    resultWaits = false;
    handler.onStepResult(result);
    return 1;
  }

  @Override
  public boolean crashed(int endedIncarnation) {
    return endedIncarnation == crashedIncarnation;
  }

  @Override
  public void crashExplained() {
    crashesExplained++;
  }

  @Override
  public int depth() {
    return 1;
  }

  @Override
  public int incarnation() {
    return incarnation;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {}

  /** {@code -seat | +seat | seat@page,page | seat[first,end) read>write draws}. */
  private static String words(StepPlan plan) {
    var words = new StringJoiner(" ");
    for (int i = 0; i < plan.dropCount(); i++) {
      words.add("-" + plan.droppedSeat(i));
    }
    for (int i = 0; i < plan.admitCount(); i++) {
      words.add("+" + plan.admittedSeat(i));
    }
    for (int i = 0; i < plan.pageCount(); i++) {
      words.add(plan.pageSeat(i) + "@" + plan.pageNumber(i));
    }
    for (int run = 0; run < plan.runCount(); run++) {
      int first = plan.runFirstPosition(run);
      int end = first + plan.tokenEnd(run) - plan.tokenStart(run);
      words.add(plan.runSeat(run) + "[" + first + "," + end + ")" + plan.runReadSlot(run) + ">"
          + plan.runWriteSlot(run) + (plan.runDraws(run) ? "!" : ""));
    }
    return words.toString();
  }
}
