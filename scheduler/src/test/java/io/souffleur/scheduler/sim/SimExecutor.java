package io.souffleur.scheduler.sim;

import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Ranks that come and go over shelves that stay. Refuses, delays, runs steps twice, dies before, in the
 * middle of and after a step, and lets dead ranks speak: all by one seed.
 */
final class SimExecutor implements StepExecutor {
  /**
   * How often things go wrong, each one in so many steps; 0 never.
   *
   * @param guiltOneIn how many deaths look like the rank's own doing
   */
  record Faults(int deathOneIn, int guiltOneIn, int refusalOneIn, int twiceOneIn, int delayMax) {
    static final Faults NONE = new Faults(0, 0, 0, 0, 0);
  }

  /** Sees who is told to take a seat, in order. */
  interface Seating {
    void seated(SamplingSpec sampling);
  }

  private final HashShelves shelves;
  private final int pages;
  private final Random random;
  private final Faults faults;
  private final PlantedBug bug;
  private final PlantedBug.Memory memory = new PlantedBug.Memory();
  private final Seating seating;
  private final Set<Integer> guilty = new HashSet<>();

  private HashRank rank;
  private int incarnation = 1;
  private int startingPolls;

  private StepPlan inFlight = new StepPlan();
  private StepPlan previous = new StepPlan();
  private final StepResult result = new StepResult();
  private final StepResult stale = new StepResult();
  private boolean taken;
  private boolean staleWaits;
  private int delay;
  private long rowsDelivered;
  private long rowsSpokenLate;
  private int deaths;

  SimExecutor(HashShelves shelves, Random random, Faults faults, PlantedBug bug, Seating seating) {
    this.seating = seating;
    this.shelves = shelves;
    this.pages = shelves.cells.length / shelves.pageTokens;
    this.random = random;
    this.faults = faults;
    this.bug = bug;
    rank = new HashRank(shelves);
  }

  /** Another epoch starts: a new rank on the same shelves. */
  void restart() {
    die();
    staleWaits = false;
  }

  @Override
  public boolean offer(StepPlan plan) {
    if (taken || !ready() || oneIn(faults.refusalOneIn())) {
      return false;
    }
    if (plan.incarnation() != incarnation) {
      throw new AssertionError("plan for rank " + plan.incarnation() + ", rank is " + incarnation);
    }
    StepPlan last = previous;
    previous = inFlight;
    inFlight = last;
    for (int i = 0; i < plan.admitCount(); i++) {
      seating.seated(plan.admittedSampling(i));
    }
    bug.copy(plan, inFlight, memory, pages);
    taken = true;
    delay = faults.delayMax() == 0 ? 0 : random.nextInt(faults.delayMax() + 1);
    if (bug == PlantedBug.NONE) {
      checkOnACopy();
    }
    return true;
  }

  private void checkOnACopy() {
    rank.learn(inFlight);
    rank.check(inFlight);
  }

  @Override
  public int poll(StepHandler handler, int limit) {
    if (staleWaits) {
      staleWaits = false;
      handler.onStepResult(stale);
      return 1;
    }
    if (startingPolls > 0) {
      startingPolls--;
    }
    if (!taken || delay-- > 0) {
      return 0;
    }
    if (bug != PlantedBug.NONE) {
      rank.learn(inFlight);
    }
    if (oneIn(faults.deathOneIn())) {
      if (oneIn(faults.guiltOneIn())) {
        guilty.add(incarnation);
      }
      dieInStep();
      return 0;
    }
    if (rank.crashes(inFlight)) {
      guilty.add(incarnation);
      rank.run(inFlight, random.nextInt(inFlight.tokenCount() + 1), result);
      die();
      return 0;
    }
    if (oneIn(faults.twiceOneIn()) && !HashRank.worksInPlace(inFlight)) {
      rank.run(inFlight, Integer.MAX_VALUE, result);
    }
    runStep();
    int scribbled = bug.scribbledPage(inFlight);
    if (scribbled >= 0) {
      shelves.cells[scribbled * shelves.pageTokens] ^= 0x7777L;
    }
    rowsDelivered += inFlight.tokenCount();
    taken = false;
    handler.onStepResult(result);
    return 1;
  }

  private void runStep() {
    boolean swaps = bug == PlantedBug.SWAPPED_STEP
        && inFlight.step() % 7 == 0
        && previous.runCount() == inFlight.runCount();
    rank.run(swaps ? previous : inFlight, Integer.MAX_VALUE, result);
    if (swaps) {
      int[] tokens = new int[inFlight.runCount()];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = result.token(i);
      }
      result.reset(inFlight);
      for (int i = 0; i < tokens.length; i++) {
        result.token(i, inFlight.runDraws(i) && tokens[i] < 0 ? 50 : tokens[i]);
      }
    }
    if (bug == PlantedBug.SWAPPED_RESULTS
        && inFlight.runCount() > 1
        && inFlight.runDraws(0)
        && inFlight.runDraws(1)) {
      int first = result.token(0);
      result.token(0, result.token(1));
      result.token(1, first);
    }
  }

  /** Before, in the middle, or after everything was computed but before anybody heard of it. */
  private void dieInStep() {
    switch (random.nextInt(3)) {
      case 0 -> {}
      case 1 -> rank.run(inFlight, random.nextInt(inFlight.tokenCount() + 1), result);
      default -> {
        rank.run(inFlight, Integer.MAX_VALUE, stale);
        staleWaits = random.nextBoolean();
        rowsSpokenLate += staleWaits ? inFlight.tokenCount() : 0;
      }
    }
    die();
  }

  private void die() {
    deaths++;
    incarnation++;
    rank = new HashRank(shelves);
    memory.forget();
    taken = false;
    startingPolls = random.nextInt(4);
  }

  private boolean oneIn(int count) {
    return count > 0 && random.nextInt(count) == 0;
  }

  @Override
  public boolean crashed(int endedIncarnation) {
    return guilty.contains(endedIncarnation);
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
    return startingPolls == 0;
  }

  /** Rows of steps whose result was delivered. */
  long rowsDelivered() {
    return rowsDelivered;
  }

  /** Rows of results that a rank sent while it died: taken if they come before the step is replayed. */
  long rowsSpokenLate() {
    return rowsSpokenLate;
  }

  int deaths() {
    return deaths;
  }

  @Override
  public void close() {}
}
