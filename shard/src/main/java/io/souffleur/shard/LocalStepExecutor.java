package io.souffleur.shard;

import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepFailure;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.function.Function;

/**
 * Steps of a replica whose rank is the engine loop's own thread: a step runs inside {@link #offer}.
 *
 * <p>An exception out of a step is the crash of a rank: a successor on the same stores takes its place as
 * the next incarnation, and the engine loop finds out which request is to blame. What cannot be thrown,
 * such as a signal in native code, ends the process, which a rank of its own process survives. Owned by
 * the engine loop's thread; runners belong to whoever makes them.
 */
public final class LocalStepExecutor implements StepExecutor {
  /** To find one request that is to blame takes three crashes; one more and it is the rank's fault. */
  static final int CRASHES_MAX = 3;

  /** Steps without a crash after which earlier ones are forgotten. */
  static final int CALM_STEPS = 1_000;

  private static final Function<Throwable, StepRunner> NO_SUCCESSOR = failure -> {
    throw failure instanceof RuntimeException known
        ? known
        : new StepFailure("a step failed: " + failure, failure);
  };

  private final Function<Throwable, StepRunner> successor;
  private final StepResult result = new StepResult();
  private StepRunner runner;
  private int incarnation = 1;
  private int crashes;
  private int calmSteps;
  private boolean resultWaits;
  private boolean closed;

  /** Without successors: an exception out of a step is thrown on and ends the loop. */
  public LocalStepExecutor(StepRunner runner) {
    this(runner, NO_SUCCESSOR);
  }

  /** @param successor makes the next runner, told what ended the one before; may throw, as the loop's end */
  public LocalStepExecutor(StepRunner first, Function<Throwable, StepRunner> successor) {
    this.runner = first;
    this.successor = successor;
  }

  @Override
  public boolean offer(StepPlan plan) {
    if (resultWaits || closed) {
      return false;
    }
    try {
      runner.execute(plan, result);
    } catch (RuntimeException | StackOverflowError | AssertionError failure) {
      replace(failure);
      return true;
    }
    resultWaits = true;
    calmSteps++;
    return true;
  }

  private void replace(Throwable failure) {
    crashes = calmSteps >= CALM_STEPS ? 1 : crashes + 1;
    calmSteps = 0;
    if (crashes > CRASHES_MAX) {
      throw new StepFailure(
          "a step failed, and " + CRASHES_MAX + " did shortly before: " + failure.getMessage(),
          failure);
    }
    runner = successor.apply(failure);
    incarnation++;
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
  public int depth() {
    return 1;
  }

  @Override
  public int incarnation() {
    return incarnation;
  }

  /** A rank in this thread has no other way to end. */
  @Override
  public boolean crashed(int endedIncarnation) {
    return endedIncarnation < incarnation;
  }

  @Override
  public void crashExplained() {
    crashes = 0;
  }

  @Override
  public boolean ready() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
