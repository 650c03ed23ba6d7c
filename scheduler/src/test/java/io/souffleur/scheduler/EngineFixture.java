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
import java.util.OptionalInt;
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

  private final CacheCapacity capacity;
  private final StepResult result = new StepResult();
  private StepPlan offered = new StepPlan();
  private boolean resultWaits;
  private int crashedIncarnation;

  EngineFixture(EngineSettings settings, int pages) {
    this(settings, pages, 2 * settings.maxRunningRequests());
  }

  EngineFixture(EngineSettings settings, int pages, int slots) {
    capacity = new CacheCapacity(pages, slots);
    loop = new EngineLoop(
        7, settings, new CacheLayout(PAGE_TOKENS, 64, 64), capacity, this, () -> now);
  }

  /** Admits whatever has room now: nothing is kept for answers to come. */
  static EngineSettings settings(int context, int running, int chunk) {
    return settings(context, running, chunk, SchedulingSettings.DEFAULT.conservativeness(0));
  }

  static EngineSettings settings(
      int context, int running, int chunk, SchedulingSettings scheduling) {
    return new EngineSettings(context, running, chunk, 8, 1_000, scheduling);
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

  RecordingSink submit(String id, int promptTokens, int maxNew, OptionalInt priority) {
    GenerationRequest plain = request(id, promptTokens, maxNew);
    var sink = new RecordingSink();
    var refusal = loop.inbox()
        .submit(
            new GenerationRequest(
                plain.id(),
                plain.promptTokens(),
                plain.generatedPrefix(),
                plain.sampling(),
                plain.maxNewTokens(),
                plain.stopTokens(),
                priority),
            sink);
    if (refusal.isPresent()) {
      throw new AssertionError(refusal.toString());
    }
    return sink;
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
    checkConservation();
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

  /** Lets the step in flight end with one token for everybody who draws. */
  String finishAll(int token) {
    int[] tokens = new int[offered.runCount()];
    for (int run = 0; run < tokens.length; run++) {
      tokens[run] = offered.runDraws(run) ? token : StepResult.NO_TOKEN;
    }
    return finish(tokens);
  }

  /** Every accepted request is somewhere, and so is every page and slot. */
  void checkConservation() {
    EngineSnapshot now = counters();
    boolean requests = now.accepted()
        == now.completed()
            + now.failed()
            + now.cancelled()
            + now.lost()
            + now.running()
            + now.waiting();
    if (!requests
        || now.pagesFree() + now.pagesUsed() + now.cache().pagesCached() != capacity.pages()
        || now.slotsFree() + now.slotsUsed() + now.cache().slotsCached() != capacity.slots()) {
      throw new AssertionError(capacity + " " + now);
    }
    loop.checkIntegrity();
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

  /** {@code -seat | +seat | seat@page | page=>page | seat[first,end)read>write draws position:slot}. */
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
    for (int i = 0; i < plan.copyCount(); i++) {
      words.add(plan.copiedFrom(i) + "=>" + plan.copiedTo(i));
    }
    for (int run = 0; run < plan.runCount(); run++) {
      int first = plan.runFirstPosition(run);
      int end = first + plan.tokenEnd(run) - plan.tokenStart(run);
      words.add(plan.runSeat(run) + "[" + first + "," + end + ")" + plan.runReadSlot(run) + ">"
          + plan.runWriteSlot(run) + (plan.runDraws(run) ? "!" : ""));
      for (int i = plan.checkpointStart(run); i < plan.checkpointEnd(run); i++) {
        words.add(plan.checkpointPosition(i) + ":" + plan.checkpointSlot(i));
      }
    }
    return words.toString();
  }
}
