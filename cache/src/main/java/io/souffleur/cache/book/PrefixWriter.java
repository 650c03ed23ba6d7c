package io.souffleur.cache.book;

/**
 * Puts what a holding has computed into the tree, page by page, and hangs its states on it.
 *
 * <p>A full page becomes a node, and the holding goes on as its reader; if a node that says the same is
 * there already, the holding follows that one and keeps its own page to itself. A page that is not full
 * yet becomes a node only when there is something to hang on it; its writer makes it grow in place. Owned
 * by the engine loop.
 */
final class PrefixWriter {
  private final int pageTokens;
  private final PrefixTree tree;
  private final Checkpoints checkpoints;

  PrefixWriter(int pageTokens, PrefixTree tree, Checkpoints checkpoints) {
    this.pageTokens = pageTokens;
    this.tree = tree;
    this.checkpoints = checkpoints;
  }

  /** Whether the holding may still give anything to the tree; once not, never again. */
  boolean attached(CacheHolding holding) {
    if (!holding.detached) {
      boolean deadEnd = holding.pathCount > 0 && tree.dead(holding.path[holding.pathCount - 1]);
      holding.detached = deadEnd || (holding.tail != PrefixTree.NONE && tree.dead(holding.tail));
    }
    return !holding.detached;
  }

  /** Enters all full pages of the first {@code computed} tokens. */
  void enterFullPages(CacheHolding holding, int[] tokens, int computed) {
    int full = computed / pageTokens;
    while (holding.pathCount < full) {
      holding.path[holding.pathCount] = fullNode(holding, tokens);
      holding.pathCount++;
    }
  }

  private int fullNode(CacheHolding holding, int[] tokens) {
    int index = holding.pathCount;
    int start = index * pageTokens;
    int tail = holding.tail;
    int parent = parent(holding);
    int same = tree.covering(parent, tokens, start, pageTokens, tail);
    if (tail != PrefixTree.NONE) {
      holding.tail = PrefixTree.NONE;
      if (same == PrefixTree.NONE || tree.readers(tail) > 1) {
        tree.grow(tail, tokens, start, pageTokens);
        return tail;
      }
      tree.dissolve(tail, same, holding.number);
    }
    if (same == PrefixTree.NONE) {
      tree.insert(parent, holding.pages[index], holding.number, tokens, start, pageTokens);
      return holding.pages[index];
    }
    tree.read(same);
    return same;
  }

  /**
   * The node that has the first {@code computed} tokens and where on it they end; full pages are entered
   * before. Enters or grows the page that is not full, unless somebody else's says as much.
   */
  int nodeAt(CacheHolding holding, int[] tokens, int computed) {
    int index = (computed - 1) / pageTokens;
    if (index < holding.pathCount) {
      return holding.path[index];
    }
    int start = index * pageTokens;
    int count = computed - start;
    if (holding.tail != PrefixTree.NONE) {
      tree.grow(holding.tail, tokens, start, count);
      return holding.tail;
    }
    int parent = parent(holding);
    int other = tree.covering(parent, tokens, start, count, PrefixTree.NONE);
    if (other != PrefixTree.NONE) {
      return other;
    }
    tree.insert(parent, holding.pages[index], holding.number, tokens, start, count);
    holding.tail = holding.pages[index];
    return holding.tail;
  }

  /** Checkpoint that the tree has after exactly the first {@code computed} tokens, entering nothing. */
  int existing(CacheHolding holding, int[] tokens, int computed) {
    int index = (computed - 1) / pageTokens;
    int start = index * pageTokens;
    int node;
    if (index < holding.pathCount) {
      node = holding.path[index];
    } else if (holding.tail != PrefixTree.NONE) {
      return checkpoints.at(holding.tail, computed - start);
    } else {
      int parent = holding.pathCount > 0 ? parent(holding) : tree.rootIfAny(holding.namespace);
      node = parent == PrefixTree.NONE
          ? PrefixTree.NONE
          : tree.covering(parent, tokens, start, computed - start, PrefixTree.NONE);
    }
    return node == PrefixTree.NONE ? Checkpoints.NONE : checkpoints.at(node, computed - start);
  }

  /** The state after {@code position} tokens goes to the tree, if it has none there yet. */
  boolean hang(CacheHolding holding, int[] tokens, int position, int slot, boolean hint) {
    int node = nodeAt(holding, tokens, position);
    int offset = (position - 1) % pageTokens + 1;
    int there = checkpoints.at(node, offset);
    if (there != Checkpoints.NONE) {
      checkpoints.touch(there);
      return false;
    }
    checkpoints.attach(slot, holding.number, node, offset, hint, holding.serial);
    return true;
  }

  private int parent(CacheHolding holding) {
    return holding.pathCount > 0
        ? holding.path[holding.pathCount - 1]
        : tree.root(holding.namespace);
  }
}
