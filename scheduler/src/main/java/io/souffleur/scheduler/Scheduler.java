package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.cache.book.CacheHolding;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.Arrays;
import java.util.Optional;

/**
 * Decides step after step who runs, and keeps the tokens of everybody inside.
 *
 * <p>One step is in flight at most. Between {@link #next} and {@link #apply} nothing that the plan names
 * is given to anybody else, so {@link #replay} can offer the same step to a new rank: pages and slots
 * are released at step borders only. Preemption is release and back to the queue; tokens are enough to
 * compute everything again. Owned by the engine loop.
 */
final class Scheduler {
  private final long epoch;
  private final CacheBook book;
  private final AdmissionPolicy sizes;
  private final SchedulingSettings settings;
  private final OutputEstimate estimate;
  private final Admission admission;
  private final BatchPolicy batch;
  private final EngineInbox inbox;
  private final EngineCounters counters;
  private final RunQueue queue;
  private final Seats seats;
  private final PlanWriter writer;
  private final CheckpointPlanner checkpoints;
  private final PicturePlanner pictures;
  private final Candidates candidates;
  private final TierDesk tier;
  private final Sequence[] seated;
  private final StepPlan plan = new StepPlan();

  private boolean inFlight;
  private long step;
  private long arrivals;
  private int attempt;
  private long abortsSeenWaiting;
  private long abortsSeenRunning;
  private long flushesSeen;

  Scheduler(
      long epoch,
      EngineSettings settings,
      CacheBook book,
      AdmissionPolicy sizes,
      Tiering tiering,
      EngineInbox inbox,
      EngineCounters counters,
      Eyes eyes) {
    this.epoch = epoch;
    this.book = book;
    this.sizes = sizes;
    this.settings = settings.scheduling();
    estimate = new OutputEstimate(this.settings.conservativeness());
    admission = new Admission(book, estimate, this.settings.priority());
    this.batch = BatchPolicy.of(settings);
    this.inbox = inbox;
    this.counters = counters;
    int runningMax = Math.min(settings.maxRunningRequests(), book.holdingsMax());
    queue = new RunQueue(runningMax);
    seats = new Seats(runningMax);
    seated = new Sequence[runningMax];
    writer = new PlanWriter(queue, seats);
    checkpoints = new CheckpointPlanner(book, settings.cache());
    pictures = new PicturePlanner(eyes);
    candidates = new Candidates(book, new Followers(book, checkpoints), this.settings.policy());
    tier = new TierDesk(tiering.port(), tiering.limits(), book, counters.tier, queue::arrive);
  }

  // ---- requests come and go ----

  void arrive(Ticket ticket) {
    ticket.sink().onAccepted(ticket.id(), epoch);
    if (isIdle()) {
      estimate.reset();
    }
    var standing = Standing.of(ticket.request(), arrivals++, settings);
    var sequence = new Sequence(ticket, sizes.knownMax(ticket.request()), standing);
    pictures.key(sequence);
    if (ticket.unwanted()) {
      end(sequence, ticket.endUnseated(), Finished.NO_STOP, 0);
    } else if (sequence.full()) {
      end(sequence, FinishReason.LENGTH, Finished.NO_STOP, 0);
    } else if (!tier.take(sequence)) {
      queue.arrive(sequence);
    }
  }

  /** Deals with the tier, which works in its own time. */
  int workWithTier(long nowNanos) {
    return tier.work(nowNanos);
  }

  /** Ends what was aborted: waiting requests at once, running ones at a step border. */
  int sweepAborts() {
    long signal = inbox.abortSignal();
    int work = 0;
    if (signal != abortsSeenWaiting) {
      abortsSeenWaiting = signal;
      queue.removeUnwanted(each -> end(each, each.ticket().endUnseated(), Finished.NO_STOP, 0));
      tier.removeUnwanted(each -> end(each, each.ticket().endUnseated(), Finished.NO_STOP, 0));
      work++;
    }
    if (!inFlight && signal != abortsSeenRunning) {
      abortsSeenRunning = signal;
      for (int i = queue.runningCount() - 1; i >= 0; i--) {
        Sequence sequence = queue.running(i);
        if (sequence.ticket().abortRequested()) {
          endRunning(sequence, FinishReason.ABORT, Finished.NO_STOP, 0);
        }
      }
      work++;
    }
    return work;
  }

  /**
   * Forgets cached prefixes if somebody asked for it. Sequences keep what they read, so this may come while
   * a step is in flight.
   */
  int flushIfAsked() {
    long asked = inbox.flushSignal();
    if (asked == flushesSeen) {
      return 0;
    }
    flushesSeen = asked;
    book.flush();
    tier.clear();
    EngineCounters.add(counters.cache.flushes, 1);
    return 1;
  }

  // ---- steps ----

  /** Plans the next step; false when nobody can run. The plan is in flight until it is applied. */
  boolean next(int incarnation) {
    if (inFlight) {
      throw new IllegalStateException("step " + step + " is in flight");
    }
    growOrPreempt();
    admitWaiting();
    int rows = pictures.plan(batch, queue, step + 1);
    for (int i = 0; i < queue.runningCount(); i++) {
      checkpoints.plan(queue.running(i));
      counters.load.planned(queue.running(i));
    }
    if (!tier.plan() && rows == 0) {
      return false;
    }
    step++;
    attempt = 0;
    inFlight = true;
    pictures.begin();
    write(incarnation);
    EngineCounters.add(counters.rowsPlanned, rows);
    return true;
  }

  private void write(int incarnation) {
    writer.write(plan, epoch, incarnation, step, attempt);
    pictures.write(plan, seated);
    tier.write(plan);
  }

  /**
   * Writes the step in flight again, with every seat admitted anew, for a rank that knows nothing.
   *
   * @param offered whether an earlier rank took the step and may have computed some of it
   */
  void replay(int incarnation, boolean offered) {
    if (!inFlight) {
      throw new IllegalStateException("no step is in flight");
    }
    attempt++;
    write(incarnation);
    if (offered) {
      EngineCounters.add(counters.stepsReplayed, 1);
      EngineCounters.add(counters.rowsReplayed, plan.tokenCount());
    }
  }

  /**
   * Notes that the rank crashed, by its own doing, in the step in flight.
   *
   * <p>The first crash over the same rows is forgiven. After the second the sequences of the step run
   * alone, one after the other, and one that crashes its rank alone ends with {@code CRASHED}. A step
   * can be called off at any moment: nothing of it was committed.
   *
   * @return what becomes of the step
   */
  AfterCrash crashed() {
    if (!inFlight) {
      throw new IllegalStateException("no step is in flight");
    }
    boolean suspects = false;
    for (int run = 0; run < plan.runCount(); run++) {
      Sequence sequence = seated[plan.runSeat(run)];
      sequence.crashed();
      suspects |= sequence.suspect();
    }
    if (!suspects) {
      return AfterCrash.REPLAY;
    }
    if (plan.runCount() > 1) {
      callOff();
      return AfterCrash.CALLED_OFF;
    }
    inFlight = false;
    tier.calledOff();
    pictures.calledOff();
    endRunning(seated[plan.runSeat(0)], FinishReason.CRASHED, Finished.NO_STOP, 0);
    return AfterCrash.REFUSED;
  }

  /** Whether a rank that began with the step in flight has overwritten states that it reads. */
  boolean worksInPlace() {
    for (int run = 0; run < plan.runCount(); run++) {
      if (seated[plan.runSeat(run)].holding().runsInPlace()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The step in flight will not be applied. Whose state it overwrote goes back to the queue, and from
   * there to its last checkpoint.
   */
  void callOff() {
    inFlight = false;
    tier.calledOff();
    pictures.calledOff();
    for (int run = 0; run < plan.runCount(); run++) {
      Sequence sequence = seated[plan.runSeat(run)];
      sequence.callOffPlannedRows();
      book.callOff(sequence.holding());
      if (sequence.holding().runsInPlace()) {
        book.tearState(sequence.holding());
        EngineCounters.add(counters.rowsDiscarded, sequence.computed());
        queue.sendBack(sequence);
        leaveSeat(sequence, true);
      }
    }
  }

  /** What becomes of a step that its rank crashed in. */
  enum AfterCrash {
    /** The next rank gets it again. */
    REPLAY,
    /** It is not in flight any more; its sequences run alone. */
    CALLED_OFF,
    /** As before, and the one request it had is refused. */
    REFUSED
  }

  /** Takes the result of the step in flight; any other result is dropped and counted. */
  boolean apply(StepResult result) {
    if (!inFlight || !result.answers(plan)) {
      EngineCounters.add(counters.staleResults, 1);
      return false;
    }
    inFlight = false;
    pictures.applied();
    for (int run = 0; run < plan.runCount(); run++) {
      Sequence sequence = seated[plan.runSeat(run)];
      applyRun(sequence, result, run);
    }
    tier.applied();
    EngineCounters.add(counters.steps, 1);
    estimate.stepDone();
    return true;
  }

  private void applyRun(Sequence sequence, StepResult result, int run) {
    int rows = sequence.plannedRows();
    boolean draws = sequence.draws();
    boolean aborted = sequence.ticket().abortRequested();
    sequence.commitPlannedRows();
    boolean scores =
        sequence.scoring().end(sequence.computed()) > sequence.scoring().next();
    if ((draws || scores) && result.token(run) == StepResult.NOT_FINITE) {
      FinishReason reason = aborted ? FinishReason.ABORT : FinishReason.NOT_FINITE;
      end(sequence, false, reason, Finished.NO_STOP, 0);
      return;
    }
    book.commit(sequence.holding(), sequence.tokens(), sequence.computed());
    if (aborted) {
      endRunning(sequence, FinishReason.ABORT, Finished.NO_STOP, 0);
    } else {
      tellPromptScores(sequence, result, run);
      if (draws) {
        applyToken(sequence, result, run);
      }
    }
    if (sequence.seated()) {
      pictures.moved(sequence);
      checkpoints.stepDone(sequence, rows);
    }
  }

  private void applyToken(Sequence sequence, StepResult result, int run) {
    int token = result.token(run);
    if (token < 0) {
      throw new IllegalStateException("step " + step + " drew " + token + " for " + sequence);
    }
    EngineCounters.add(counters.tokensGenerated, 1);
    if (sequence.isStop(token)) {
      endRunning(sequence, FinishReason.STOP, token, 1);
      return;
    }
    sequence.append(token);
    tell(sequence.ticket(), token, result, run);
    if (sequence.full()) {
      endRunning(sequence, FinishReason.LENGTH, Finished.NO_STOP, 0);
    }
  }

  private void tellPromptScores(Sequence sequence, StepResult result, int run) {
    PromptScoring scoring = sequence.scoring();
    int end = scoring.end(sequence.computed());
    if (end > scoring.next()) {
      Ticket ticket = sequence.ticket();
      var scores = Scores.ofPrompt(result, run, scoring.next(), end, scoring.namedIds());
      ticket.sink().onPromptScores(ticket.id(), epoch, scoring.next(), scores);
      scoring.told(scores.size());
    }
  }

  private void tell(Ticket ticket, int token, StepResult result, int run) {
    ScoreSpec scores = ticket.request().sampling().scores();
    if (scores.on()) {
      TokenScore score = Scores.of(result, run, scores.ids().size());
      ticket.sink().onToken(ticket.id(), epoch, token, score);
    } else {
      ticket.sink().onToken(ticket.id(), epoch, token);
    }
  }

  // ---- pages and seats ----

  /** In order of service: whoever lacks a page takes it from the first to go, in the end from itself. */
  private void growOrPreempt() {
    boolean retracted = false;
    for (int i = 0; i < queue.runningCount(); i++) {
      Sequence sequence = queue.running(i);
      while (sequence.seated() && !book.tryReserve(sequence.holding(), sequence.known())) {
        if (tier.giveWay()) {
          continue;
        }
        preempt(queue.firstToGo(settings.retraction()));
        retracted = true;
        i = -1;
      }
    }
    if (retracted) {
      estimate.retracted(queue);
    }
  }

  private void preempt(Sequence sequence) {
    EngineCounters.add(counters.preemptions, 1);
    EngineCounters.add(counters.rowsDiscarded, sequence.computed());
    counters.load.retracted(sequence);
    queue.sendBack(sequence);
    leaveSeat(sequence, true);
  }

  private void admitWaiting() {
    for (int place = candidates.next(queue);
        place != RunQueue.NOBODY;
        place = candidates.next(queue)) {
      Sequence first = queue.waiting(place);
      int sacrifices = admission.sacrifices(first, queue);
      if (sacrifices == Admission.NO_ROOM) {
        return;
      }
      if (tier.take(first)) {
        queue.removeWaiting(first);
        continue;
      }
      for (int i = 0; i < sacrifices; i++) {
        preempt(queue.lastRunning());
      }
      Optional<CacheHolding> reserved = admission.reserve(first, queue);
      if (reserved.isEmpty()) {
        return;
      }
      CacheHolding holding = reserved.get();
      if (!first.ticket().takeSeat()) {
        book.release(holding, first.tokens());
        queue.removeWaiting(first);
        end(first, first.ticket().endUnseated(), Finished.NO_STOP, 0);
        continue;
      }
      candidates.starts(first, queue);
      queue.start(first);
      int seat = seats.acquire();
      seated[seat] = first;
      first.sit(seat, holding);
      first.hadTurn(step - 1);
      if (leaveQueue(first)) {
        Ticket ticket = first.ticket();
        int prompt = ticket.request().promptTokens().length;
        ticket.sink().onStarted(ticket.id(), epoch, Math.min(holding.matchedTokens(), prompt));
      }
    }
  }

  /** @param trusted whether what it computed may be kept for others */
  private void leaveSeat(Sequence sequence, boolean trusted) {
    if (trusted) {
      book.release(sequence.holding(), sequence.tokens());
      tier.left(sequence);
    } else {
      book.discard(sequence.holding());
    }
    pictures.release(sequence);
    seats.release(sequence.seat(), sequence.announced());
    seated[sequence.seat()] = null;
    sequence.stand();
  }

  /** Whether it was in the queue that limits count. */
  private boolean leaveQueue(Sequence sequence) {
    boolean left = sequence.leaveQueue();
    if (left && !sequence.ticket().displaced()) {
      inbox.leaveQueue(sequence.ticket().request().knownTokens());
    }
    return left;
  }

  // ---- ends ----

  private void endRunning(Sequence sequence, FinishReason reason, int stop, int unstreamed) {
    end(sequence, reason != FinishReason.CRASHED, reason, stop, unstreamed);
  }

  private void end(
      Sequence sequence, boolean trusted, FinishReason reason, int stop, int unstreamed) {
    queue.removeRunning(sequence);
    leaveSeat(sequence, trusted);
    end(sequence, reason, stop, unstreamed);
  }

  /** The one end of every request that reached the loop: everything is free before the sink hears it. */
  private void end(Sequence sequence, FinishReason reason, int stop, int unstreamed) {
    leaveQueue(sequence);
    Ticket ticket = sequence.ticket();
    inbox.end(ticket);
    switch (reason) {
      case STOP, LENGTH -> EngineCounters.add(counters.completed, 1);
      case ABORT -> EngineCounters.add(counters.cancelled, 1);
      case NOT_FINITE, CRASHED, DISPLACED -> EngineCounters.add(counters.failed, 1);
    }
    ticket
        .sink()
        .onFinished(new Finished(
            ticket.id(),
            epoch,
            reason,
            stop,
            ticket.request().promptTokens().length,
            sequence.generated() + unstreamed,
            sequence.cachedTokens()));
  }

  // ---- what others may know ----

  boolean inFlight() {
    return inFlight;
  }

  StepPlan plan() {
    return plan;
  }

  boolean isIdle() {
    return !inFlight && queue.isEmpty() && tier.isIdle();
  }

  void publishGauges() {
    counters.running.lazySet(queue.runningCount());
    counters.pagesFree.lazySet(book.pagesFree());
    counters.pagesUsed.lazySet(book.pagesUsed());
    counters.slotsFree.lazySet(book.slotsFree());
    counters.slotsUsed.lazySet(book.slotsUsed());
    counters.cache.publish(book);
    counters.load.publish(estimate);
    counters.stepInFlight(inFlight);
    tier.publish();
  }

  /** Throws unless book and seats agree; for tests and idle moments, not for steps. */
  void checkIntegrity() {
    book.checkIntegrity();
    pictures.checkIntegrity(queue);
    int occupied = 0;
    for (int i = 0; i < queue.runningCount(); i++) {
      Sequence sequence = queue.running(i);
      long reserved = (long) sequence.holding().pageCount() * book.pageTokens();
      if (sequence.computed() > sequence.known()
          || sequence.computed() > reserved
          || seated[sequence.seat()] != sequence) {
        throw new IllegalStateException(sequence + " reserved " + reserved);
      }
    }
    for (Sequence each : seated) {
      occupied += each == null ? 0 : 1;
    }
    if (occupied != queue.runningCount()) {
      throw new IllegalStateException(
          occupied + " seats are taken in " + Arrays.toString(seated) + ", " + queue);
    }
  }
}
