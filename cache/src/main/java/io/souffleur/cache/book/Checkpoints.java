package io.souffleur.cache.book;

import java.util.Arrays;

/**
 * States that the tree keeps: which slot holds the state after how many tokens of which node.
 *
 * <p>A checkpoint that a running sequence is about to read is locked. The others give way when a slot is
 * needed, the one that was not used for longest first; one that somebody asked for by a hint counts as
 * used later than it was, so that those taken every so many tokens go before it. Arrays by slot; a node's
 * checkpoints hang on it in a list. Owned by the engine loop.
 */
final class Checkpoints {
  static final int NONE = StatePool.NONE;

  /** A hinted checkpoint is as good as one used by this many uses per slot later. */
  static final int HINT_BONUS_PER_SLOT = 2;

  private final StatePool slots;
  private final CacheTally tally;
  private final int[] firstOfNode;
  private final int[] next;
  private final int[] nodes;
  private final int[] offsets;
  private final int[] locks;
  private final int[] origins;
  private final boolean[] hinted;
  private final boolean[] doomed;
  private final long[] lastUses;
  private final RecencyList plainUnlocked;
  private final RecencyList hintedUnlocked;
  private long uses;
  private int count;
  private long version;

  Checkpoints(StatePool slots, int nodeCount, CacheTally tally) {
    this.slots = slots;
    this.tally = tally;
    int total = slots.total();
    firstOfNode = new int[nodeCount];
    Arrays.fill(firstOfNode, NONE);
    next = new int[total];
    nodes = new int[total];
    Arrays.fill(nodes, NONE);
    offsets = new int[total];
    locks = new int[total];
    origins = new int[total];
    hinted = new boolean[total];
    doomed = new boolean[total];
    lastUses = new long[total];
    plainUnlocked = new RecencyList(total);
    hintedUnlocked = new RecencyList(total);
  }

  // ---- on nodes ----

  /** The slot of {@code holder} becomes the tree's checkpoint after {@code offset} tokens of the node. */
  void attach(int slot, int holder, int node, int offset, boolean hint, int origin) {
    slots.transfer(slot, holder, NumberPool.TREE);
    nodes[slot] = node;
    offsets[slot] = offset;
    hinted[slot] = hint;
    doomed[slot] = false;
    locks[slot] = 0;
    origins[slot] = origin;
    next[slot] = firstOfNode[node];
    firstOfNode[node] = slot;
    count++;
    version++;
    tally.checkpointsStored++;
    list(slot);
  }

  /** The checkpoint after exactly {@code offset} tokens of the node, or {@link #NONE}. */
  int at(int node, int offset) {
    int slot = firstOfNode[node];
    while (slot != NONE && (offsets[slot] != offset || doomed[slot])) {
      slot = next[slot];
    }
    return slot;
  }

  /** The last checkpoint of the node after at most {@code offsetMax} tokens, or {@link #NONE}. */
  int deepest(int node, int offsetMax) {
    int best = NONE;
    for (int slot = firstOfNode[node]; slot != NONE; slot = next[slot]) {
      if (offsets[slot] <= offsetMax
          && !doomed[slot]
          && (best == NONE || offsets[slot] > offsets[best])) {
        best = slot;
      }
    }
    return best;
  }

  /** The first checkpoint of the node that is found, or {@link #NONE}. */
  int first(int node) {
    return found(firstOfNode[node]);
  }

  /** The next one after {@code slot}. */
  int following(int slot) {
    return found(next[slot]);
  }

  private int found(int from) {
    int slot = from;
    while (slot != NONE && doomed[slot]) {
      slot = next[slot];
    }
    return slot;
  }

  boolean hinted(int slot) {
    return hinted[slot];
  }

  int offset(int slot) {
    return offsets[slot];
  }

  int node(int slot) {
    return nodes[slot];
  }

  /** Gives the checkpoints of one node to another whose tokens begin with the same ones. */
  void moveAll(int from, int to) {
    int slot = firstOfNode[from];
    firstOfNode[from] = NONE;
    while (slot != NONE) {
      int following = next[slot];
      if (at(to, offsets[slot]) == NONE || locks[slot] > 0) {
        nodes[slot] = to;
        next[slot] = firstOfNode[to];
        firstOfNode[to] = slot;
      } else {
        unlist(slot);
        free(slot);
      }
      slot = following;
    }
  }

  /** The node goes: so do its checkpoints; one that is locked is not found any more, and goes later. */
  void dropAll(int node) {
    int slot = firstOfNode[node];
    while (slot != NONE) {
      int following = next[slot];
      drop(slot);
      slot = following;
    }
  }

  /** Drops what one holding has stored, wherever it hangs. */
  void dropOrigin(int origin) {
    for (int slot = 0; slot < nodes.length; slot++) {
      if (nodes[slot] != NONE && origins[slot] == origin) {
        drop(slot);
      }
    }
  }

  private void drop(int slot) {
    if (locks[slot] > 0) {
      doomed[slot] = true;
      version++;
    } else {
      unlist(slot);
      unhang(slot);
      free(slot);
    }
  }

  // ---- readers ----

  void lock(int slot) {
    if (locks[slot]++ == 0) {
      unlist(slot);
    }
  }

  /** A reader is done; the checkpoint counts as used now. */
  void unlock(int slot) {
    if (--locks[slot] > 0) {
      return;
    }
    if (doomed[slot]) {
      unhang(slot);
      free(slot);
    } else {
      list(slot);
    }
  }

  /** Somebody would have stored the same state again. */
  void touch(int slot) {
    if (locks[slot] == 0) {
      unlist(slot);
      list(slot);
    }
  }

  // ---- eviction ----

  /** Frees the slot of the checkpoint that is needed least; false when all are locked. */
  boolean evictOne() {
    int plain = plainUnlocked.oldest();
    int hint = hintedUnlocked.oldest();
    if (plain == NONE && hint == NONE) {
      return false;
    }
    long bonus = (long) HINT_BONUS_PER_SLOT * nodes.length;
    boolean takePlain =
        hint == NONE || (plain != NONE && lastUses[plain] <= lastUses[hint] + bonus);
    int slot = takePlain ? plain : hint;
    unlist(slot);
    unhang(slot);
    free(slot);
    tally.checkpointsEvicted++;
    return true;
  }

  /** Checkpoints that may give way. */
  int evictable() {
    return plainUnlocked.size() + hintedUnlocked.size();
  }

  /** Changes whenever other states may be found. */
  long version() {
    return version;
  }

  int count() {
    return count;
  }

  int locks(int slot) {
    return locks[slot];
  }

  private void list(int slot) {
    lastUses[slot] = ++uses;
    (hinted[slot] ? hintedUnlocked : plainUnlocked).add(slot);
  }

  private void unlist(int slot) {
    (hinted[slot] ? hintedUnlocked : plainUnlocked).remove(slot);
  }

  private void unhang(int slot) {
    int node = nodes[slot];
    if (firstOfNode[node] == slot) {
      firstOfNode[node] = next[slot];
      return;
    }
    int before = firstOfNode[node];
    while (next[before] != slot) {
      before = next[before];
    }
    next[before] = next[slot];
  }

  private void free(int slot) {
    nodes[slot] = NONE;
    count--;
    version++;
    slots.release(slot, NumberPool.TREE);
  }

  /** Throws unless slots, nodes, locks and lists agree. */
  void checkIntegrity(int[] expectedLocks) {
    int found = 0;
    for (int slot = 0; slot < nodes.length; slot++) {
      if (nodes[slot] == NONE) {
        continue;
      }
      found++;
      slots.checkOwned(slot, NumberPool.TREE);
      boolean listed = plainUnlocked.contains(slot) || hintedUnlocked.contains(slot);
      if (locks[slot] != expectedLocks[slot] || listed == locks[slot] > 0) {
        throw new IllegalStateException("checkpoint in slot " + slot + " has " + locks[slot]
            + " locks, holdings read it " + expectedLocks[slot] + " times, evictable: " + listed);
      }
      if (!hangs(slot)) {
        throw new IllegalStateException(
            "checkpoint in slot " + slot + " does not hang on node " + nodes[slot]);
      }
    }
    if (found != count) {
      throw new IllegalStateException(found + " checkpoints are there, " + count + " are counted");
    }
  }

  private boolean hangs(int slot) {
    for (int each = firstOfNode[nodes[slot]]; each != NONE; each = next[each]) {
      if (each == slot) {
        return true;
      }
    }
    return false;
  }
}
