package io.souffleur.shard;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A rank driven by hand-written plans. Its shelves start full of NaN, so that whatever is read without
 * having been written shows.
 */
final class PlanRank implements AutoCloseable {
  static final byte NAN = (byte) 0xFF;

  final KvStore kv;
  final StateStore states;
  final StepPlan plan = new StepPlan();
  final int pageTokens;
  private final TinyModel model;
  private final CacheLayout layout;
  private final ShardLimits limits;
  private final StepResult result = new StepResult();
  private final List<byte[]> logits = new ArrayList<>();
  private ShardRuntime rank;
  private long step;

  PlanRank(TinyModel model, int pageTokens, CacheCapacity capacity, ShardLimits limits) {
    this.model = model;
    this.pageTokens = pageTokens;
    this.limits = limits;
    layout = model.decoder.cacheLayout(pageTokens);
    kv = KvStore.inMemory(layout, capacity);
    states = StateStore.inMemory(layout, capacity);
    kv.pool().fill(NAN);
    states.pool().fill(NAN);
    rank = rank();
  }

  private ShardRuntime rank() {
    var made = new ShardRuntime(model.decoder, model.kernels, kv, states, layout, limits);
    made.tap((executed, rows, count) -> {
      logits.clear();
      for (int row = 0; row < count; row++) {
        logits.add(rows.rows(row, 1).memory().toArray(ValueLayout.JAVA_BYTE));
      }
    });
    return made;
  }

  boolean recurrent() {
    return layout.slotBytes() > 0;
  }

  /** Empties {@link #plan} for the next step. */
  StepPlan begin() {
    plan.reset(1, 1, ++step, 0);
    return plan;
  }

  void admit(int seat, int... pages) {
    plan.admit(seat, SamplingSpec.GREEDY);
    for (int page : pages) {
      plan.addPage(seat, page);
    }
  }

  /** A drawing run; slots are left out for a model without states. */
  void run(int seat, int first, int readSlot, int writeSlot, int... tokens) {
    boolean reads = recurrent() && first > 0;
    plan.addRun(
        seat,
        first,
        reads ? readSlot : StepPlan.NO_SLOT,
        recurrent() ? writeSlot : StepPlan.NO_SLOT,
        true);
    for (int token : tokens) {
      plan.addToken(token);
    }
  }

  void checkpoint(int position, int slot) {
    if (recurrent()) {
      plan.addCheckpoint(position, slot);
    }
  }

  /** Executes {@link #plan}. */
  void execute() {
    rank.execute(plan, result);
  }

  /** The rank dies and another one takes its shelves. */
  void replace() {
    rank.close();
    rank = rank();
  }

  /** Logits of a drawing run of the last step, counted in plan order. */
  byte[] logits(int draw) {
    return logits.get(draw);
  }

  /** All bytes of a slot; none for a model without states. */
  byte[] state(int slot) {
    return recurrent() ? states.slot(slot).toArray(ValueLayout.JAVA_BYTE) : new byte[0];
  }

  @Override
  public void close() {
    rank.close();
    states.close();
    kv.close();
  }
}
