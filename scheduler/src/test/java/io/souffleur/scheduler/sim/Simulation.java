package io.souffleur.scheduler.sim;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.book.CacheRules;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.scheduler.EngineLoop;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.scheduler.EngineSnapshot;
import io.souffleur.scheduler.PrioritySettings;
import io.souffleur.scheduler.SchedulePolicy;
import io.souffleur.scheduler.SchedulingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One run: a seed chooses sizes, limits, requests, aborts, deaths of ranks and of whole engines; every
 * answer is known in advance. Throws {@link AssertionError} at the first thing that is wrong.
 */
final class Simulation {
  private static final int CYCLES_MAX = 60_000;

  private final Random random;
  private final int pageTokens;
  private final int pages;
  private final boolean recurrent;
  private final EngineSettings settings;
  private final int requestsTotal;
  private final int abortOneIn;
  private final int engineDeathOneIn;
  private final int refuseOneIn;
  private final CacheLayout layout;
  private final CacheCapacity capacity;
  private final SimExecutor executor;
  private final List<SimClient> clients = new ArrayList<>();

  private EngineLoop loop;
  private long epoch = 1;
  private long now;
  private int submitted;
  private int refused;
  private int abortsSent;
  private int engineDeaths;
  private long preemptions;
  private long replays;

  /** What one run went through, to show that the seeds reach every corner. */
  record Report(
      int requests,
      int refused,
      int aborts,
      int engineDeaths,
      int rankDeaths,
      long preemptions,
      long replays) {}

  Simulation(long seed, PlantedBug bug) {
    random = new Random(HashModel.mix(seed, 0x51ED));
    pageTokens = 1 + random.nextInt(8);
    pages = 2 + random.nextInt(random.nextBoolean() ? 10 : 60);
    recurrent = random.nextInt(4) != 0;
    int runningMax = 1 + random.nextInt(8);
    int context = 4 + random.nextInt(76);
    int[] chunks = {-1, 0, 1, 2, 3, 5, 16, 64};
    settings = new EngineSettings(
        context,
        runningMax,
        chunks[random.nextInt(chunks.length)],
        random.nextBoolean() ? 64 : 1 + random.nextInt(10),
        random.nextBoolean() ? 10_000 : 1 + random.nextInt(200),
        scheduling());
    requestsTotal = 1 + random.nextInt(30);
    abortOneIn = random.nextBoolean() ? 0 : 4 + random.nextInt(40);
    engineDeathOneIn = random.nextInt(4) != 0 ? 0 : 100 + random.nextInt(200);
    refuseOneIn = random.nextInt(3) != 0 ? 0 : 2 + random.nextInt(20);
    int slots = recurrent ? 2 * Math.max(1, runningMax - random.nextInt(3)) : 0;
    layout = new CacheLayout(pageTokens, 64, recurrent ? 64 : 0);
    capacity = new CacheCapacity(pages, slots);
    var faults = random.nextInt(4) == 0
        ? SimExecutor.Faults.NONE
        : new SimExecutor.Faults(
            5 + random.nextInt(40), 1 + random.nextInt(20) + 1, 10, random.nextInt(4));
    executor =
        new SimExecutor(new HashShelves(pages, pageTokens, slots, recurrent), random, faults, bug);
    loop = newLoop();
  }

  private SchedulingSettings scheduling() {
    boolean priorities = random.nextInt(3) == 0;
    SchedulePolicy[] policies = SchedulePolicy.values();
    SchedulePolicy policy = priorities
        ? random.nextBoolean() ? SchedulePolicy.FCFS : SchedulePolicy.LOF
        : policies[random.nextInt(policies.length)];
    var priority = new PrioritySettings(
        priorities,
        random.nextBoolean(),
        random.nextInt(4) == 0 ? OptionalInt.empty() : OptionalInt.of(random.nextInt(4)),
        random.nextBoolean() ? OptionalInt.of(random.nextInt(8)) : OptionalInt.empty(),
        false);
    double[] shares = {0, 0.3, 1, 2};
    return new SchedulingSettings(
        policy,
        random.nextLong(),
        shares[random.nextInt(shares.length)],
        1 + random.nextInt(100),
        priority);
  }

  private OptionalInt randomPriority() {
    return random.nextInt(3) == 0 ? OptionalInt.empty() : OptionalInt.of(random.nextInt(8));
  }

  private EngineLoop newLoop() {
    var book = new CacheBook(
        layout,
        capacity,
        CacheRules.NO_PREFIXES,
        () -> refuseOneIn > 0 && random.nextInt(refuseOneIn) == 0);
    return new EngineLoop(epoch, settings, book, executor, () -> now);
  }

  Report run() {
    for (int cycle = 0; !done(); cycle++) {
      if (cycle == CYCLES_MAX) {
        throw new AssertionError("stuck: " + loop.counters().snapshot() + " " + settings);
      }
      now += 1_000;
      submitSome();
      abortSome();
      loop.doWork();
      loop.checkIntegrity();
      checkConservation(loop.counters().snapshot());
      if (engineDeathOneIn > 0 && random.nextInt(engineDeathOneIn) == 0) {
        rebuildEngine();
      }
      resumeLost();
    }
    checkRest(loop.counters().snapshot());
    return new Report(
        submitted, refused, abortsSent, engineDeaths, executor.deaths(), preemptions, replays);
  }

  private boolean done() {
    return submitted == requestsTotal && clients.stream().allMatch(SimClient::ended);
  }

  // ---- requests ----

  private void submitSome() {
    while (submitted < requestsTotal && random.nextInt(3) == 0) {
      submitNew();
    }
  }

  private void submitNew() {
    int[] prompt = randomTokens(1 + random.nextInt(random.nextInt(5) == 0 ? 90 : 20));
    var rules = random.nextInt(3) == 0
        ? new LogitRules(1, 0, 1, random.nextInt(8), List.of())
        : LogitRules.NONE;
    var sampling = new SamplingSpec(
        1, 1, 0, 0, random.nextLong(), random.nextInt(3), rules, SamplingSpec.NO_SCORES);
    boolean stops = random.nextBoolean();
    int maxNew = 1 + random.nextInt(30);
    int knownMax = (int) Math.min(
        prompt.length + (long) maxNew,
        Math.min(settings.contextLength(), (long) pages * pageTokens + 1));
    boolean tooLong = prompt.length >= settings.contextLength();
    boolean neverFits = prompt.length > pages * pageTokens;
    var id = new RequestId("r" + submitted++);
    Oracle oracle = tooLong || neverFits
        ? new Oracle(List.of(), FinishReason.LENGTH, -1)
        : Oracle.of(prompt, sampling, knownMax, stops, recurrent);
    int[] stopTokens = stops ? IntStream.range(0, HashModel.STOP_TOKENS).toArray() : new int[0];
    int prefixLength = random.nextInt(4) == 0 ? random.nextInt(oracle.tokens().size() + 1) : 0;
    if (prefixLength + prompt.length >= knownMax) {
      prefixLength = 0;
    }
    int[] prefix =
        oracle.tokens().stream().limit(prefixLength).mapToInt(Integer::intValue).toArray();
    var client = new SimClient(
        new GenerationRequest(id, prompt, prefix, sampling, maxNew, stopTokens, randomPriority()),
        oracle);
    var refusal = loop.inbox().submit(client.request(), client);
    if (refusal.isEmpty()) {
      require(!tooLong && !neverFits, "accepted a request that can never run: " + prompt.length);
      clients.add(client);
      checkDuplicateIsRefused(client);
    } else {
      refused++;
      checkRefusal(refusal.get(), tooLong, neverFits);
    }
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
      abortsSent++;
      loop.inbox().abort(client.id());
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
    loop = newLoop();
  }

  private void resumeLost() {
    for (SimClient client : clients) {
      if (client.takeLost()) {
        resubmit(client);
      }
    }
  }

  /** The new engine's queue may be full for a moment: drive it until it takes the request. */
  private void resubmit(SimClient client) {
    var request = client.request();
    var refusal = loop.inbox().submit(request, client);
    for (int i = 0; refusal.isPresent() && i < CYCLES_MAX; i++) {
      require(refusal.get().reason() == RejectReason.QUEUE_FULL, refusal.get().toString());
      now += 1_000;
      loop.doWork();
      refusal = loop.inbox().submit(request, client);
    }
    require(refusal.isEmpty(), "never taken again: " + refusal);
  }

  // ---- laws ----

  private void checkConservation(EngineSnapshot now) {
    require(
        now.accepted()
            == now.completed()
                + now.failed()
                + now.cancelled()
                + now.lost()
                + now.running()
                + now.waiting(),
        "requests got lost in " + now);
    require(
        now.pagesFree() + now.pagesUsed() == capacity.pages()
            && now.slotsFree() + now.slotsUsed() == capacity.slots(),
        "memory got lost in " + now);
  }

  private void remember(EngineSnapshot counters) {
    preemptions += counters.preemptions();
    replays += counters.stepsReplayed();
  }

  private void checkRest(EngineSnapshot end) {
    remember(end);
    require(end.pagesUsed() == 0 && end.slotsUsed() == 0, "something is still held: " + end);
    require(
        end.pagesFree() == capacity.pages() && end.slotsFree() == capacity.slots(), "lost: " + end);
    require(end.running() == 0 && end.waiting() == 0, "somebody is still inside: " + end);
    require(
        end.accepted() == end.completed() + end.failed() + end.cancelled() + end.lost(),
        "accepted and ended differ: " + end);
    require(!end.stepInFlight(), "a step is in flight at rest");
    if (engineDeaths == 0) {
      long missing = end.rowsPlanned() - executor.rowsDelivered();
      require(
          missing >= 0 && missing <= executor.rowsSpokenLate(),
          "rows applied " + executor.rowsDelivered() + ", " + end);
    }
  }

  private static void require(boolean holds, String violation) {
    if (!holds) {
      throw new AssertionError(violation);
    }
  }
}
