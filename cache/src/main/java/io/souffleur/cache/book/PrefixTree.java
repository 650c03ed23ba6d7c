package io.souffleur.cache.book;

import java.util.Arrays;

/**
 * Which tokens lie in which page, for all pages that sequences left to others.
 *
 * <pre>
 *   root ""   ── 7 [t0 … t63] ── 2 [t64 … t127] ── 9 [t128 … t140]        node = page, its number too
 *              │  slot 4 at 64    slot 0 at 100     slot 5 at 13          children only when full
 *              └ 3 [t0 … t40, u41 …]
 * </pre>
 *
 * <p>Readers are counted along the whole path of a holding, so nobody reads below a node that nobody
 * reads. Such nodes wait in the order of last use, children before parents, and the first of them is a
 * leaf: it gives way when a page is needed. A node that must not be matched any more is <em>dead</em>; it
 * goes when its last reader goes. Children are found by their first token; siblings with the same one are
 * looked at one by one. Arrays of integers, nothing is allocated after construction but names of
 * namespaces. Owned by the engine loop.
 */
final class PrefixTree {
  static final int NONE = -1;

  private final int pageTokens;
  private final PagePool pages;
  private final Checkpoints checkpoints;
  private final CacheTally tally;
  private final PrefixRoots roots;
  private final int[] tokens;
  private final int[] parents;
  private final int[] lengths;
  private final int[] readers;
  private final int[] firstChild;
  private final int[] nextSibling;
  private final int[] previousSibling;
  private final int[] buckets;
  private final int[] nextInBucket;
  private final boolean[] dead;
  private final RecencyList unread;
  private int nodeCount;
  private long version;

  /** @param total pages that it may keep, all those of the pool or none */
  PrefixTree(int pageTokens, int total, PagePool pages, Checkpoints checkpoints, CacheTally tally) {
    this.pageTokens = pageTokens;
    this.pages = pages;
    this.checkpoints = checkpoints;
    this.tally = tally;
    roots = new PrefixRoots(total, total);
    tokens = new int[Math.multiplyExact(total, pageTokens)];
    parents = filled(total);
    lengths = new int[total];
    readers = new int[total];
    firstChild = filled(2 * total);
    nextSibling = filled(total);
    previousSibling = filled(total);
    buckets = filled(Integer.highestOneBit(Math.max(1, total)) * 2);
    nextInBucket = filled(total);
    dead = new boolean[total];
    unread = new RecencyList(total);
  }

  private static int[] filled(int length) {
    int[] array = new int[length];
    Arrays.fill(array, NONE);
    return array;
  }

  // ---- finding ----

  /**
   * Walks down as far as tokens and {@code limit} allow.
   *
   * @param recurrent whether a prefix is of use only where a checkpoint is
   */
  void match(String namespace, int[] sought, int limit, boolean recurrent, PrefixMatch found) {
    found.clear();
    int node = roots.find(namespace);
    if (node == NONE) {
      return;
    }
    int start = 0;
    while (start < limit) {
      int room = Math.min(pageTokens, limit - start);
      int longest = 0;
      int longestNode = NONE;
      for (int each = bucket(node, sought[start]); each != NONE; each = nextInBucket[each]) {
        if (parents[each] != node) {
          continue;
        }
        int same = sameTokens(each, sought, start, Math.min(room, lengths[each]));
        if (recurrent) {
          noteCheckpoint(each, start, same, found);
        }
        if (same > longest) {
          longest = same;
          longestNode = each;
        }
      }
      found.walked = start + longest;
      if (longest < pageTokens) {
        if (!recurrent) {
          noteRows(node, longestNode, found);
        }
        break;
      }
      node = longestNode;
      start += pageTokens;
      if (!recurrent) {
        noteRows(node, NONE, found);
      }
    }
    describe(found);
  }

  private void noteCheckpoint(int node, int start, int same, PrefixMatch found) {
    int slot = checkpoints.deepest(node, same);
    if (slot == Checkpoints.NONE || start + checkpoints.offset(slot) <= found.length) {
      return;
    }
    found.checkpoint = slot;
    found.length = start + checkpoints.offset(slot);
    boolean whole = checkpoints.offset(slot) == pageTokens;
    found.lastFull = whole ? node : parents[node];
    found.copySource = whole ? NONE : node;
  }

  private static void noteRows(int full, int partial, PrefixMatch found) {
    found.length = found.walked;
    found.lastFull = full;
    found.copySource = partial;
  }

  private void describe(PrefixMatch found) {
    found.fullPages = found.length / pageTokens;
    if (found.length == 0 || found.fullPages == 0) {
      found.lastFull = NONE;
    }
    for (int node = found.lastFull; node != NONE && readers[node] == 0; node = above(node)) {
      found.unreadPages++;
    }
    if (found.copySource != NONE && readers[found.copySource] == 0) {
      found.unreadPages++;
    }
  }

  /** A node below {@code parent} that begins with these tokens, or {@link #NONE}; not {@code except}. */
  int covering(int parent, int[] sought, int start, int count, int except) {
    for (int each = bucket(parent, sought[start]); each != NONE; each = nextInBucket[each]) {
      if (each != except
          && parents[each] == parent
          && lengths[each] >= count
          && sameTokens(each, sought, start, count) == count) {
        return each;
      }
    }
    return NONE;
  }

  /** How many of {@code count} tokens from {@code start} on the node begins with. */
  int sameTokens(int node, int[] sought, int start, int count) {
    int base = node * pageTokens;
    int mismatch = Arrays.mismatch(tokens, base, base + count, sought, start, start + count);
    return mismatch < 0 ? count : mismatch;
  }

  /** The first child of {@code parent} that may begin with the token, or {@link #NONE}. */
  int first(int parent, int token) {
    int node = bucket(parent, token);
    return node == NONE || parents[node] == parent ? node : following(node, parent);
  }

  /** The next one after {@code node}. */
  int following(int node, int parent) {
    int next = nextInBucket[node];
    while (next != NONE && parents[next] != parent) {
      next = nextInBucket[next];
    }
    return next;
  }

  private int bucket(int parent, int token) {
    return buckets[bucketOf(parent, token)];
  }

  private int bucketOf(int parent, int token) {
    int hash = (parent * 0x9E3779B9 + token) * 0x85EBCA6B;
    return (hash ^ (hash >>> 15)) & (buckets.length - 1);
  }

  /** The node before this one on the path, {@link #NONE} for the first. */
  int above(int node) {
    int parent = parents[node];
    return roots.isRoot(parent) ? NONE : parent;
  }

  int root(String namespace) {
    return roots.findOrMake(namespace);
  }

  int rootIfAny(String namespace) {
    return roots.find(namespace);
  }

  int length(int node) {
    return lengths[node];
  }

  int readers(int node) {
    return readers[node];
  }

  boolean dead(int node) {
    return dead[node];
  }

  // ---- growing ----

  /** The page of {@code holder} becomes a node below {@code parent}, with one reader. */
  void insert(int parent, int page, int holder, int[] source, int start, int count) {
    pages.transfer(page, holder, NumberPool.TREE);
    System.arraycopy(source, start, tokens, page * pageTokens, count);
    parents[page] = parent;
    lengths[page] = count;
    readers[page] = 1;
    dead[page] = false;
    nextSibling[page] = firstChild[parent];
    previousSibling[page] = NONE;
    if (firstChild[parent] != NONE) {
      previousSibling[firstChild[parent]] = page;
    }
    firstChild[parent] = page;
    int bucket = bucketOf(parent, source[start]);
    nextInBucket[page] = buckets[bucket];
    buckets[bucket] = page;
    nodeCount++;
    version++;
    absorbPrefixesOf(page);
  }

  /** The node's writer has computed more of its page. */
  void grow(int node, int[] source, int start, int count) {
    int known = lengths[node];
    if (count <= known) {
      return;
    }
    System.arraycopy(source, start + known, tokens, node * pageTokens + known, count - known);
    lengths[node] = count;
    version++;
    absorbPrefixesOf(node);
  }

  /** Unread siblings that say nothing more than {@code node} give it their checkpoints and go. */
  private void absorbPrefixesOf(int node) {
    int base = node * pageTokens;
    int each = bucket(parents[node], tokens[base]);
    while (each != NONE) {
      int following = nextInBucket[each];
      if (each != node
          && parents[each] == parents[node]
          && readers[each] == 0
          && lengths[each] < lengths[node]
          && sameTokens(each, tokens, base, lengths[each]) == lengths[each]) {
        checkpoints.moveAll(each, node);
        remove(each);
      }
      each = following;
    }
  }

  /** A node that only {@code holder} reads goes back to it; {@code heir} says the same and more. */
  void dissolve(int node, int heir, int holder) {
    checkpoints.moveAll(node, heir);
    readers[node] = 0;
    unlink(node);
    pages.transfer(node, NumberPool.TREE, holder);
  }

  // ---- readers ----

  void read(int node) {
    if (readers[node]++ == 0) {
      unread.remove(node);
    }
  }

  /** A reader leaves; to be called from the end of its path on. */
  void leave(int node) {
    if (--readers[node] > 0) {
      return;
    }
    if (dead[node]) {
      checkpoints.dropAll(node);
      unlink(node);
      pages.release(node, NumberPool.TREE);
    } else {
      unread.add(node);
    }
  }

  // ---- going ----

  /** Nodes that nobody reads: all of them can go, one after the other. */
  int evictable() {
    return unread.size();
  }

  /** Changes whenever other tokens may be found. */
  long version() {
    return version;
  }

  int nodeCount() {
    return nodeCount;
  }

  int rootCount() {
    return roots.count();
  }

  /** Frees the page that was not used for longest; there must be one that nobody reads. */
  void evictOne() {
    int node = unread.oldest();
    int before = checkpoints.count();
    checkpoints.dropAll(node);
    tally.checkpointsEvicted += before - checkpoints.count();
    tally.pagesEvicted++;
    remove(node);
  }

  /** Node and everything below it is not found any more; what nobody reads goes now. */
  void kill(int top) {
    int[] order = new int[8];
    int count = 0;
    order[count++] = top;
    for (int i = 0; i < count; i++) {
      for (int child = firstChild[order[i]]; child != NONE; child = nextSibling[child]) {
        if (count == order.length) {
          order = Arrays.copyOf(order, 2 * count);
        }
        order[count++] = child;
      }
    }
    for (int i = count - 1; i >= 0; i--) {
      int node = order[i];
      checkpoints.dropAll(node);
      if (readers[node] == 0) {
        remove(node);
      } else if (!dead[node]) {
        leaveBucket(node);
        dead[node] = true;
      }
    }
  }

  /** Kills every tree. */
  void killAll() {
    for (int root : roots.all()) {
      int child = firstChild[root];
      while (child != NONE) {
        int following = nextSibling[child];
        kill(child);
        child = following;
      }
    }
  }

  private void remove(int node) {
    unread.remove(node);
    unlink(node);
    pages.release(node, NumberPool.TREE);
  }

  private void unlink(int node) {
    if (firstChild[node] != NONE) {
      throw new IllegalStateException("node " + node + " has children");
    }
    if (!dead[node]) {
      leaveBucket(node);
    }
    int parent = parents[node];
    int before = previousSibling[node];
    int after = nextSibling[node];
    if (before == NONE) {
      firstChild[parent] = after;
    } else {
      nextSibling[before] = after;
    }
    if (after != NONE) {
      previousSibling[after] = before;
    }
    parents[node] = NONE;
    dead[node] = false;
    nodeCount--;
    if (roots.isRoot(parent) && firstChild[parent] == NONE) {
      roots.remove(parent);
    }
  }

  private void leaveBucket(int node) {
    version++;
    int bucket = bucketOf(parents[node], tokens[node * pageTokens]);
    if (buckets[bucket] == node) {
      buckets[bucket] = nextInBucket[node];
      return;
    }
    int before = buckets[bucket];
    while (nextInBucket[before] != node) {
      before = nextInBucket[before];
    }
    nextInBucket[before] = nextInBucket[node];
  }

  /** Throws unless shape, owners, readers and order of going agree. */
  void checkIntegrity(int[] expectedReaders) {
    int found = 0;
    for (int node = 0; node < parents.length; node++) {
      if (parents[node] == NONE) {
        if (expectedReaders[node] > 0 || unread.contains(node)) {
          throw new IllegalStateException("page " + node + " is read and not in the tree");
        }
        continue;
      }
      found++;
      pages.checkOwned(node, NumberPool.TREE);
      checkNode(node, expectedReaders[node]);
    }
    if (found != nodeCount) {
      throw new IllegalStateException(found + " nodes are there, " + nodeCount + " are counted");
    }
  }

  private void checkNode(int node, int expected) {
    if (readers[node] != expected || unread.contains(node) != (expected == 0)) {
      throw new IllegalStateException("node " + node + " counts " + readers[node] + " readers, "
          + expected + " holdings read it, evictable: " + unread.contains(node));
    }
    int parent = parents[node];
    if (lengths[node] < 1 || lengths[node] > pageTokens || (dead[node] && expected == 0)) {
      throw new IllegalStateException(
          "node " + node + " of " + lengths[node] + " tokens, dead " + dead[node]);
    }
    if (!roots.isRoot(parent)
        && (parents[parent] == NONE
            || lengths[parent] != pageTokens
            || readers[parent] < expected
            || (dead[parent] && !dead[node]))) {
      throw new IllegalStateException("node " + node + " below " + parent + " of " + lengths[parent]
          + " tokens with " + readers[parent] + " readers");
    }
    boolean found = false;
    for (int each = bucket(parent, tokens[node * pageTokens]);
        each != NONE;
        each = nextInBucket[each]) {
      found |= each == node;
    }
    boolean child = false;
    for (int each = firstChild[parent]; each != NONE; each = nextSibling[each]) {
      child |= each == node;
    }
    if (!child || found == dead[node]) {
      throw new IllegalStateException("node " + node + " is found: " + found + ", dead: "
          + dead[node] + ", a child of " + parent + ": " + child);
    }
  }
}
