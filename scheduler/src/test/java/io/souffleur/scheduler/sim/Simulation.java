package io.souffleur.scheduler.sim;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.scheduler.CacheSettings;
import io.souffleur.scheduler.CacheSnapshot;
import io.souffleur.scheduler.EngineLoop;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.scheduler.EngineSnapshot;
import io.souffleur.scheduler.PrioritySettings;
import io.souffleur.scheduler.RetractionPolicy;
import io.souffleur.scheduler.SchedulePolicy;
import io.souffleur.scheduler.SchedulingSettings;
import io.souffleur.scheduler.StateStrategy;
import io.souffleur.scheduler.TierLimits;
import io.souffleur.scheduler.Tiering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One run: a seed chooses sizes, limits, requests, aborts, deaths of ranks and of whole engines; every
 * answer is known in advance. Throws {@link AssertionError} at the first thing that is wrong.
 */
final class Simulation {
  private static final int CYCLES_MAX = 60_000;
  private static final int CONVERSATIONS_MAX = 6;

  private final Random random;
  private final PlantedBug bug;
  private final int pageTokens;
  private final int pages;
  private final boolean recurrent;
  private final EngineSettings settings;
  private final int requestsTotal;
  private final int arrivalOneIn;
  private final int abortOneIn;
  private final int engineDeathOneIn;
  private final int refuseOneIn;
  private final int flushOneIn;
  private final int poisonOneIn;
  private final boolean forks;
  private final boolean namespaces;
  private final int checkEvery;
  private final SimExecutor.Faults faults;
  private final CacheLayout layout;
  private final CacheCapacity capacity;
  private final SimExecutor executor;
  private final OrderOfService order = new OrderOfService();
  private final List<SimClient> clients = new ArrayList<>();
  private final List<int[]> conversations = new ArrayList<>();
  private final long[] reached = new long[Corner.values().length];

  private final Optional<SimTier> tier;
  private final TierLimits tierLimits;
  private EngineLoop loop;
  private long epoch = 1;
  private long now;
  private int submitted;
  private int open;
  private int engineDeaths;

  Simulation(long seed, PlantedBug bug) {
    this.bug = bug;
    random = new Random(HashModel.mix(seed, 0x51ED));
    pageTokens = 1 + random.nextInt(8);
    pages = 2 + random.nextInt(random.nextBoolean() ? 10 : 60);
    recurrent = random.nextInt(4) != 0 || bug.ofTheCache();
    int runningMax = 1 + random.nextInt(8);
    int context = 4 + random.nextInt(76);
    int[] chunks = {-1, 0, 1, 2, 3, 5, 16, 64};
    CacheSettings cache = cacheSettings();
    settings = new EngineSettings(
        context,
        runningMax,
        chunks[random.nextInt(chunks.length)],
        random.nextBoolean() ? 64 : 1 + random.nextInt(10),
        random.nextBoolean() ? 10_000 : 1 + random.nextInt(200),
        scheduling(),
        cache);
    abortOneIn = random.nextBoolean() ? 0 : 4 + random.nextInt(40);
    boolean tiered = bug.ofTheTier()
        || (cache.enabled() && bug != PlantedBug.ORDER_OF_SERVICE && random.nextBoolean());
    requestsTotal = 1 + random.nextInt(tiered ? 60 : 30);
    arrivalOneIn = tiered && random.nextInt(3) != 0 ? 30 : 3;
    engineDeathOneIn = random.nextInt(4) != 0 && !bug.ofTheTier()
        ? 0
        : (bug.ofTheTier() ? 30 : 100) + random.nextInt(200);
    refuseOneIn = random.nextInt(3) != 0 ? 0 : 2 + random.nextInt(20);
    flushOneIn = random.nextInt(4) != 0 ? 0 : 5 + random.nextInt(60);
    poisonOneIn = random.nextInt(6) != 0 ? 0 : 2 + random.nextInt(10);
    forks = random.nextInt(4) != 0 || bug.ofTheCache();
    namespaces = random.nextInt(3) == 0 || bug == PlantedBug.WRONG_NAMESPACE;
    checkEvery = random.nextInt(4) == 0 ? 1 : 16;
    int each = cache.strategy().slotsPerSequence();
    int slots = recurrent
        ? each * Math.max(1, runningMax - random.nextInt(3))
            + (random.nextBoolean() ? random.nextInt(20) : 0)
        : 0;
    layout = new CacheLayout(pageTokens, 64, recurrent ? 64 : 0);
    capacity = new CacheCapacity(pages, slots);
    int patience = cache.strategy() == StateStrategy.NO_BUFFER && recurrent ? 150 : 5;
    faults = random.nextInt(4) == 0
        ? SimExecutor.Faults.NONE
        : new SimExecutor.Faults(
            patience + random.nextInt(40),
            random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0,
            1 + random.nextInt(20) + 1,
            10,
            random.nextInt(4));
    HashShelves shelves = new HashShelves(pages, pageTokens, slots, recurrent);
    tier = tiered ? Optional.of(newTier(shelves)) : Optional.empty();
    tier.ifPresent(shelves::connect);
    tierLimits = new TierLimits(
        64L * (1 + random.nextInt(8)),
        64L * (1 + random.nextInt(8)),
        1 + random.nextInt(pageTokens),
        Duration.ofNanos(1_000L * (1 + random.nextInt(random.nextBoolean() ? 5 : 60))),
        1 + random.nextInt(4),
        1 + random.nextInt(5),
        1 + random.nextInt(20));
    executor = new SimExecutor(shelves, random, faults, bug, order);
    loop = newLoop();
  }

  private SimTier newTier(HashShelves shelves) {
    int troubleOneIn = random.nextInt(3) == 0 || bug.ofTheTier() ? 0 : 2 + random.nextInt(20);
    return new SimTier(random, shelves, troubleOneIn, bug == PlantedBug.RECORD_MIXED_UP);
  }

  private CacheSettings cacheSettings() {
    return new CacheSettings(
        (random.nextInt(5) != 0 || bug.ofTheCache()) && bug != PlantedBug.ORDER_OF_SERVICE,
        random.nextInt(3) == 0 && !bug.ofTheCache()
            ? StateStrategy.NO_BUFFER
            : StateStrategy.EXTRA_BUFFER,
        1 + random.nextInt(random.nextBoolean() ? 8 : 40));
  }

  private SchedulingSettings scheduling() {
    boolean inOrder = bug == PlantedBug.ORDER_OF_SERVICE;
    boolean priorities = random.nextInt(3) == 0 && !inOrder;
    SchedulePolicy[] policies = SchedulePolicy.values();
    SchedulePolicy policy = priorities
        ? random.nextBoolean() ? SchedulePolicy.FCFS : SchedulePolicy.LOF
        : policies[inOrder ? 0 : random.nextInt(policies.length)];
    var priority = new PrioritySettings(
        priorities,
        random.nextBoolean(),
        random.nextInt(4) == 0 ? OptionalInt.empty() : OptionalInt.of(random.nextInt(4)),
        random.nextBoolean() ? OptionalInt.of(random.nextInt(8)) : OptionalInt.empty(),
        false);
    double[] shares = {0, 0.3, 1, 2};
    RetractionPolicy[] retractions = RetractionPolicy.values();
    return new SchedulingSettings(
        policy,
        random.nextLong(),
        shares[random.nextInt(shares.length)],
        1 + random.nextInt(100),
        priority,
        retractions[random.nextInt(priorities ? retractions.length : 2)]);
  }

  private OptionalInt randomPriority() {
    return random.nextInt(3) == 0 ? OptionalInt.empty() : OptionalInt.of(random.nextInt(8));
  }

  private EngineLoop newLoop() {
    var book = new CacheBook(
        layout,
        capacity,
        settings.cache().rules(),
        () -> refuseOneIn > 0 && random.nextInt(refuseOneIn) == 0);
    order.newEngine(settings.scheduling().policy() == SchedulePolicy.FCFS
        && !settings.scheduling().priority().enabled()
        && !settings.cache().enabled());
    Tiering tiering = tier.map(port -> new Tiering(port, tierLimits)).orElse(Tiering.NONE);
    return new EngineLoop(epoch, settings, book, tiering, executor, () -> now);
  }

  /** What the run went through, one number per {@link Corner}. */
  long[] run() {
    for (int cycle = 0; !done(); cycle++) {
      if (cycle == CYCLES_MAX) {
        throw new AssertionError("stuck: " + loop.counters().snapshot() + " " + settings);
      }
      now += 1_000;
      submitSome();
      abortSome();
      flushSome();
      loop.doWork();
      if (cycle % checkEvery == 0) {
        loop.checkIntegrity();
        checkConservation(loop.counters().snapshot());
      }
      if (engineDeathOneIn > 0 && random.nextInt(engineDeathOneIn) == 0) {
        rebuildEngine();
      }
      resumeLost();
    }
    checkRest();
    count(Corner.REQUESTS, submitted);
    count(Corner.ENGINE_DEATHS, engineDeaths);
    count(Corner.RANK_DEATHS, executor.deaths());
    return reached;
  }

  private boolean done() {
    if (submitted < requestsTotal) {
      return false;
    }
    for (; open < clients.size(); open++) {
      if (!clients.get(open).ended()) {
        return false;
      }
    }
    return true;
  }

  private void count(Corner corner, long times) {
    reached[corner.ordinal()] += times;
  }

  // ---- requests ----

  private void submitSome() {
    while (submitted < requestsTotal && random.nextInt(arrivalOneIn) == 0) {
      if (bug == PlantedBug.ORDER_OF_SERVICE && submitted + 1 < requestsTotal) {
        SimClient first = newClient();
        SimClient second = newClient();
        order.arrives(first);
        order.arrives(second);
        submit(second);
        submit(first);
      } else {
        SimClient client = newClient();
        order.arrives(client);
        submit(client);
      }
    }
  }

  private SimClient newClient() {
    int[] prompt = prompt();
    var rules = random.nextInt(3) == 0
        ? new LogitRules(1, 0, 1, random.nextInt(8), List.of())
        : LogitRules.NONE;
    boolean poison = poisonOneIn > 0 && random.nextInt(poisonOneIn) == 0;
    var sampling = new SamplingSpec(
        1,
        1,
        0,
        0,
        namespaces ? random.nextLong() : HashModel.seedOfEverybody(random.nextLong()),
        poison ? HashModel.POISON : random.nextInt(3),
        rules,
        ScoreSpec.NONE);
    boolean stops = random.nextBoolean();
    int maxNew = 1 + random.nextInt(30);
    int knownMax = knownMax(prompt, maxNew);
    Oracle oracle = tooLong(prompt) || neverFits(prompt)
        ? new Oracle(new int[0], FinishReason.LENGTH, -1)
        : Oracle.of(prompt, sampling, knownMax, stops, recurrent);
    int[] stopTokens = stops ? IntStream.range(0, HashModel.STOP_TOKENS).toArray() : new int[0];
    int prefixLength = random.nextInt(4) == 0 ? random.nextInt(oracle.tokens().length + 1) : 0;
    if (prefixLength + prompt.length >= knownMax) {
      prefixLength = 0;
    }
    boolean one = bug == PlantedBug.WRONG_NAMESPACE;
    var request = new GenerationRequest(
        new RequestId("r" + submitted++),
        prompt,
        Arrays.copyOf(oracle.tokens(), prefixLength),
        sampling,
        maxNew,
        stopTokens,
        randomPriority(),
        one ? "" : "namespace " + HashModel.namespace(sampling),
        hints(prompt.length));
    boolean mayCrash = poison || poisonOneIn > 0 || faults.guiltOneIn() > 0;
    return new SimClient(
        request, oracle, mayCrash, settings.scheduling().priority().enabled());
  }

  private int knownMax(int[] prompt, int maxNew) {
    return (int) Math.min(
        prompt.length + (long) maxNew,
        Math.min(settings.contextLength(), (long) pages * pageTokens + 1));
  }

  private boolean tooLong(int[] prompt) {
    return prompt.length >= settings.contextLength();
  }

  private boolean neverFits(int[] prompt) {
    return prompt.length > pages * pageTokens;
  }

  private void submit(SimClient client) {
    int[] prompt = client.request().promptTokens();
    boolean tooLong = tooLong(prompt);
    boolean neverFits = neverFits(prompt);
    var refusal = loop.inbox().submit(client.request(), client);
    if (refusal.isEmpty()) {
      require(!tooLong && !neverFits, "accepted a request that can never run: " + prompt.length);
      clients.add(client);
      if (conversations.size() < CONVERSATIONS_MAX) {
        conversations.add(client.conversation());
      } else {
        conversations.set(random.nextInt(CONVERSATIONS_MAX), client.conversation());
      }
      checkDuplicateIsRefused(client);
    } else {
      order.refused(client);
      count(Corner.REFUSALS, 1);
      checkRefusal(refusal.get(), tooLong, neverFits);
    }
  }

  /** Something new, or a part of an earlier conversation and something new behind it. */
  private int[] prompt() {
    int[] fresh = randomTokens(1 + random.nextInt(random.nextInt(5) == 0 ? 90 : 20));
    if (!forks || conversations.isEmpty() || random.nextInt(4) == 0) {
      return fresh;
    }
    int[] before = conversations.get(random.nextInt(conversations.size()));
    int shared = random.nextBoolean() ? before.length : 1 + random.nextInt(before.length);
    int added = random.nextInt(3) == 0 ? 0 : Math.min(fresh.length, 1 + random.nextInt(6));
    int[] prompt = Arrays.copyOf(before, shared + added);
    System.arraycopy(fresh, 0, prompt, shared, added);
    return prompt;
  }

  private int[] hints(int promptTokens) {
    if (promptTokens < 2 || random.nextBoolean()) {
      return new int[0];
    }
    IntStream some = random.ints(random.nextInt(4), 1, promptTokens);
    IntStream last = random.nextBoolean() ? IntStream.of(promptTokens - 1) : IntStream.empty();
    return IntStream.concat(some, last).distinct().sorted().toArray();
  }

  private void checkDuplicateIsRefused(SimClient client) {
    if (random.nextInt(8) == 0) {
      RejectReason reason =
          loop.inbox().submit(client.request(), client).orElseThrow().reason();
      require(
          reason == RejectReason.DUPLICATE_ID || reason == RejectReason.QUEUE_FULL,
          "a second request with the same id: " + reason);
    }
  }

  private void checkRefusal(Rejected refusal, boolean tooLong, boolean neverFits) {
    switch (refusal.reason()) {
      case TOO_LONG -> require(tooLong, refusal.detail());
      case NEVER_FITS -> require(neverFits, refusal.detail());
      case QUEUE_FULL -> require(loop.inbox().waitingRequests() > 0, refusal.detail());
      default -> throw new AssertionError(refusal.toString());
    }
  }

  private int[] randomTokens(int count) {
    return random.ints(count, 0, HashModel.VOCABULARY).toArray();
  }

  private void abortSome() {
    if (abortOneIn > 0 && !clients.isEmpty() && random.nextInt(abortOneIn) == 0) {
      SimClient client = clients.get(random.nextInt(clients.size()));
      client.abort();
      order.aborted(client);
      count(Corner.ABORTS, 1);
      loop.inbox().abort(client.id());
    }
  }

  private void flushSome() {
    if (flushOneIn > 0 && random.nextInt(flushOneIn) == 0) {
      loop.inbox().flushCache();
    }
  }

  // ---- the engine dies ----

  private void rebuildEngine() {
    engineDeaths++;
    remember(loop.counters().snapshot());
    loop.inbox().abandon();
    EngineSnapshot end = loop.counters().snapshot();
    require(
        end.accepted() == end.completed() + end.failed() + end.cancelled() + end.lost(),
        "requests got lost in " + end);
    epoch++;
    executor.restart();
    tier.ifPresent(SimTier::restart);
    loop = newLoop();
  }

  private void resumeLost() {
    for (int i = open; i < clients.size(); i++) {
      if (clients.get(i).takeLost()) {
        resubmit(clients.get(i));
      }
    }
  }

  /** The new engine's queue may be full for a moment: drive it until it takes the request. */
  private void resubmit(SimClient client) {
    var request = client.request();
    order.arrives(client);
    var refusal = loop.inbox().submit(request, client);
    for (int i = 0; refusal.isPresent() && i < CYCLES_MAX; i++) {
      require(refusal.get().reason() == RejectReason.QUEUE_FULL, refusal.get().toString());
      now += 1_000;
      order.refused(client);
      loop.doWork();
      order.arrives(client);
      refusal = loop.inbox().submit(request, client);
    }
    require(refusal.isEmpty(), "never taken again: " + refusal);
  }

  // ---- laws ----

  private void checkConservation(EngineSnapshot now) {
    long known = now.completed()
        + now.failed()
        + now.cancelled()
        + now.lost()
        + now.running()
        + now.waiting();
    if (now.accepted() != known) {
      throw new AssertionError("requests got lost in " + now);
    }
    CacheSnapshot cache = now.cache();
    if (now.pagesFree() + now.pagesUsed() + cache.pagesCached() != capacity.pages()
        || now.slotsFree() + now.slotsUsed() + cache.slotsCached() != capacity.slots()) {
      throw new AssertionError("memory got lost in " + now);
    }
  }

  private void remember(EngineSnapshot counters) {
    CacheSnapshot cache = counters.cache();
    count(Corner.PREEMPTIONS, counters.preemptions());
    count(Corner.REPLAYS, counters.stepsReplayed());
    count(Corner.CRASHED, counters.failed());
    count(Corner.HITS, cache.hits());
    count(Corner.PAGE_COPIES, cache.pagesCopied());
    count(Corner.CHECKPOINTS, cache.checkpointsStored());
    count(Corner.PAGE_EVICTIONS, cache.pagesEvicted());
    count(Corner.CHECKPOINT_EVICTIONS, cache.checkpointsEvicted());
    count(Corner.FLUSHES, cache.flushes());
    count(Corner.STEPS, counters.steps());
    count(Corner.EXPORTS, counters.tier().get("tier-exported"));
    count(Corner.RESTORES, counters.tier().get("tier-restores"));
    count(Corner.RESTORES_GIVEN_UP, counters.tier().get("tier-restores-given-up"));
  }

  /** What goes out goes on when nobody is there any more; in the end every cell is free. */
  private void awaitTier() {
    for (int i = 0; i < CYCLES_MAX; i++) {
      boolean quiet = tier.isEmpty() || tier.get().isQuiet();
      now += 1_000;
      if (loop.doWork() == 0 && quiet && !loop.counters().snapshot().stepInFlight()) {
        return;
      }
    }
    throw new AssertionError("the tier never rests: " + loop.counters().snapshot());
  }

  private void checkRest() {
    awaitTier();
    loop.checkIntegrity();
    EngineSnapshot end = loop.counters().snapshot();
    checkConservation(end);
    remember(end);
    require(end.pagesUsed() == 0 && end.slotsUsed() == 0, "something is still held: " + end);
    require(end.running() == 0 && end.waiting() == 0, "somebody is still inside: " + end);
    require(
        end.accepted() == end.completed() + end.failed() + end.cancelled() + end.lost(),
        "accepted and ended differ: " + end);
    require(!end.stepInFlight(), "a step is in flight at rest");
    boolean everyStepTold = engineDeaths == 0 && faults.guiltOneIn() == 0 && poisonOneIn == 0;
    if (everyStepTold && settings.cache().strategy() == StateStrategy.EXTRA_BUFFER) {
      long missing = end.rowsPlanned() - executor.rowsDelivered();
      require(
          missing >= 0 && missing <= executor.rowsSpokenLate(),
          "rows applied " + executor.rowsDelivered() + ", " + end);
    }
    loop.inbox().flushCache();
    loop.doWork();
    EngineSnapshot empty = loop.counters().snapshot();
    require(
        empty.pagesFree() == capacity.pages() && empty.slotsFree() == capacity.slots(),
        "lost: " + empty);
  }

  private static void require(boolean holds, String violation) {
    if (!holds) {
      throw new AssertionError(violation);
    }
  }
}
