package io.souffleur.cache.book;

/**
 * State slots of holdings: given at the start, taken for states on the way, exchanged at a gift to the
 * tree, and given back. Checkpoints that nobody reads give way. Owned by the engine loop.
 */
final class HoldingSlots {
  private final StatePool slots;
  private final Checkpoints checkpoints;
  private final int slotsPerHolding;

  HoldingSlots(StatePool slots, Checkpoints checkpoints, int slotsPerHolding) {
    this.slots = slots;
    this.checkpoints = checkpoints;
    this.slotsPerHolding = slotsPerHolding;
  }

  /** Whether there are slots for one more holding. */
  boolean suffice() {
    return slots.free() + checkpoints.evictable() >= slotsPerHolding;
  }

  /** The slots that a holding computes with; they must suffice. */
  void give(CacheHolding holding) {
    holding.spare = take(holding);
    holding.idle = slotsPerHolding > 1 ? take(holding) : CacheHolding.NO_SLOT;
  }

  /** A slot for the holding, or {@link StatePool#NONE}. */
  int take(CacheHolding holding) {
    if (slots.free() == 0 && !checkpoints.evictOne()) {
      return StatePool.NONE;
    }
    return slots.tryAcquire(holding.number);
  }

  /** A slot for a state that the next step stores on its way, or {@link StatePool#NONE}. */
  int plan(CacheHolding holding, int position, boolean hint) {
    int slot = take(holding);
    if (slot != StatePool.NONE) {
      holding.planCheckpoint(position, slot, hint);
    }
    return slot;
  }

  /** The states of the next step will not be stored. */
  void callOff(CacheHolding holding) {
    for (int i = 0; i < holding.plannedCheckpoints(); i++) {
      slots.release(holding.plannedSlot(i), holding.number);
    }
    holding.clearPlanned();
  }

  /** The committed slot belongs to the tree now: the next step reads it there, and writes elsewhere. */
  void exchangeCommitted(CacheHolding holding, int fresh) {
    int slot = holding.committed;
    checkpoints.lock(slot);
    holding.borrowed = slot;
    holding.committed = CacheHolding.NO_SLOT;
    if (holding.spare == slot) {
      holding.spare = fresh;
    } else {
      holding.idle = fresh;
    }
  }

  /** The committed slot belongs to the tree now, and no step follows. */
  void forgetCommitted(CacheHolding holding) {
    holding.spare = holding.spare == holding.committed ? CacheHolding.NO_SLOT : holding.spare;
    holding.committed = CacheHolding.NO_SLOT;
  }

  /** Gives all slots back but those of the tree; the larger number first, so that they come in order. */
  void releaseAll(CacheHolding holding) {
    int one = holding.spare;
    int other = holding.committed != one && holding.committed != CacheHolding.NO_SLOT
        ? holding.committed
        : holding.idle;
    release(Math.max(one, other), holding);
    release(Math.min(one, other), holding);
    holding.spare = CacheHolding.NO_SLOT;
    holding.committed = CacheHolding.NO_SLOT;
    holding.idle = CacheHolding.NO_SLOT;
  }

  private void release(int slot, CacheHolding holding) {
    if (slot != CacheHolding.NO_SLOT) {
      slots.release(slot, holding.number);
    }
  }
}
