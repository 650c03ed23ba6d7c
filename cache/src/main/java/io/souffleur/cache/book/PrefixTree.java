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
  private final NodeLinks links;
  private final int[] lengths;
  private final int[] readers;
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
    links = new NodeLinks(total);
    lengths = new int[total];
    readers = new int[total];
    dead = new boolean[total];
    unread = new RecencyList(total);
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
      for (int each = first(node, sought[start]); each != NONE; each = following(each, node)) {
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
    found.lastFull = whole ? node : links.parent(node);
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
    for (int each = first(parent, sought[start]); each != NONE; each = following(each, parent)) {
      if (each != except
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
    return links.first(parent, token);
  }

  /** The next one after {@code node}. */
  int following(int node, int parent) {
    return links.following(node, parent);
  }

  /** The node before this one on the path, {@link #NONE} for the first. */
  int above(int node) {
    int parent = links.parent(node);
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
    lengths[page] = count;
    readers[page] = 1;
    dead[page] = false;
    links.link(page, parent, source[start]);
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
    int parent = links.parent(node);
    int each = first(parent, tokens[base]);
    while (each != NONE) {
      int following = following(each, parent);
      if (each != node
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
    int[] order = links.subtree(top);
    for (int i = order.length - 1; i >= 0; i--) {
      int node = order[i];
      checkpoints.dropAll(node);
      if (readers[node] == 0) {
        remove(node);
      } else if (!dead[node]) {
        hide(node);
        dead[node] = true;
      }
    }
  }

  /** Kills every tree. */
  void killAll() {
    for (int root : roots.all()) {
      int child = links.firstChild(root);
      while (child != NONE) {
        int following = links.nextSibling(child);
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
    if (!dead[node]) {
      hide(node);
    }
    int parent = links.parent(node);
    links.unlink(node);
    dead[node] = false;
    nodeCount--;
    if (roots.isRoot(parent) && !links.hasChildren(parent)) {
      roots.remove(parent);
    }
  }

  private void hide(int node) {
    version++;
    links.hide(node, tokens[node * pageTokens]);
  }

  /** Throws unless shape, owners, readers and order of going agree. */
  void checkIntegrity(int[] expectedReaders) {
    int found = 0;
    boolean[] listed = links.listed();
    boolean[] findable = links.findable();
    for (int node = 0; node < links.nodes(); node++) {
      if (links.parent(node) == NONE) {
        if (expectedReaders[node] > 0 || unread.contains(node)) {
          throw new IllegalStateException("page " + node + " is read and not in the tree");
        }
        continue;
      }
      found++;
      pages.checkOwned(node, NumberPool.TREE);
      checkNode(node, expectedReaders[node]);
      if (!listed[node] || findable[node] == dead[node]) {
        throw new IllegalStateException("node " + node + " is found: " + findable[node] + ", dead: "
            + dead[node] + ", a child: " + listed[node]);
      }
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
    int parent = links.parent(node);
    if (lengths[node] < 1 || lengths[node] > pageTokens || (dead[node] && expected == 0)) {
      throw new IllegalStateException(
          "node " + node + " of " + lengths[node] + " tokens, dead " + dead[node]);
    }
    if (!roots.isRoot(parent)
        && (links.parent(parent) == NONE
            || lengths[parent] != pageTokens
            || readers[parent] < expected
            || (dead[parent] && !dead[node]))) {
      throw new IllegalStateException("node " + node + " below " + parent + " of " + lengths[parent]
          + " tokens with " + readers[parent] + " readers");
    }
  }
}
