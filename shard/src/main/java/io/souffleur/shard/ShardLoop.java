package io.souffleur.shard;

import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import io.souffleur.transport.Offer;
import io.souffleur.transport.RankStepChannel;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The duty cycle of a rank in a process of its own: take a plan, execute it, send the result.
 *
 * <p>Steps come in ascending order; a plan that is not newer than the last one arrived twice and is
 * dropped. A result that meets back pressure is kept and sent before the next plan is looked at. When the
 * channel is closed, the front is gone and the loop ends. Runs on one thread; owns nothing.
 */
public final class ShardLoop implements Agent {
  private final RankStepChannel channel;
  private final StepRunner runner;
  private final StepResult result = new StepResult();
  private final Consumer<StepPlan> plans = this::onPlan;
  private boolean resultPending;
  private long lastStep;
  private long repeatsDropped;

  public ShardLoop(RankStepChannel channel, StepRunner runner) {
    this.channel = channel;
    this.runner = runner;
  }

  /** @throws StepAborted when a step failed; names the step for the report to the front */
  @Override
  public int doWork() {
    int work = 0;
    if (!resultPending) {
      work = channel.poll(plans, 1);
    }
    if (resultPending) {
      work += sendResult();
    }
    if (work == 0 && !channel.isOpen()) {
      throw new AgentTerminationException("the front closed the channel");
    }
    return work;
  }

  private void onPlan(StepPlan plan) {
    if (plan.step() <= lastStep) {
      repeatsDropped++;
      return;
    }
    lastStep = plan.step();
    try {
      runner.execute(plan, result);
    } catch (RuntimeException | Error failure) {
      throw new StepAborted(plan.id(), failure);
    }
    resultPending = true;
  }

  private int sendResult() {
    Offer outcome = channel.offer(result);
    switch (outcome) {
      case SENT -> {
        resultPending = false;
        return 1;
      }
      case BACK_PRESSURED -> {
        return 0;
      }
      case NOT_CONNECTED, CLOSED ->
        throw new AgentTerminationException("nobody takes results any more: " + outcome);
      case TOO_LARGE ->
        throw new IllegalStateException(
            "a result of " + result.runCount() + " runs does not fit the result stream");
    }
    throw new IllegalStateException("unknown outcome " + outcome);
  }

  /** Plans that came again with a step that was executed already. */
  public long repeatsDropped() {
    return repeatsDropped;
  }

  @Override
  public String roleName() {
    return "shard-r" + channel.address().rank();
  }
}
