package io.souffleur.cache.book;

/** Goes down the tree along given tokens and tells which pages and slots have them. Changes nothing. */
final class PathWalk {
  private final int pageTokens;
  private final PrefixTree tree;
  private final Checkpoints checkpoints;

  PathWalk(int pageTokens, PrefixTree tree, Checkpoints checkpoints) {
    this.pageTokens = pageTokens;
    this.tree = tree;
    this.checkpoints = checkpoints;
  }

  void walk(String namespace, int[] tokens, int count, PathVisitor visitor) {
    int parent = tree.rootIfAny(namespace);
    for (int start = 0; parent != PrefixTree.NONE && start < count; start += pageTokens) {
      int room = Math.min(pageTokens, count - start);
      int longest = 0;
      int page = PrefixTree.NONE;
      for (int each = tree.first(parent, tokens[start]);
          each != PrefixTree.NONE;
          each = tree.following(each, parent)) {
        int same = tree.sameTokens(each, tokens, start, Math.min(room, tree.length(each)));
        if (same > longest) {
          longest = same;
          page = each;
        }
      }
      if (page == PrefixTree.NONE || !visitor.onPage(page, start, longest)) {
        return;
      }
      tellStates(parent, tokens, start, room, visitor);
      parent = longest == pageTokens ? page : PrefixTree.NONE;
    }
  }

  /** In rising order, those of siblings too: up to where tokens agree, so do states. */
  private void tellStates(int parent, int[] tokens, int start, int room, PathVisitor visitor) {
    int slot = nextState(parent, tokens, start, room, 0);
    while (slot != Checkpoints.NONE) {
      int offset = checkpoints.offset(slot);
      visitor.onState(slot, start + offset, checkpoints.hinted(slot));
      slot = nextState(parent, tokens, start, room, offset);
    }
  }

  /** The state after the fewest tokens, but more than {@code offset}. */
  private int nextState(int parent, int[] tokens, int start, int room, int offset) {
    int best = Checkpoints.NONE;
    for (int each = tree.first(parent, tokens[start]);
        each != PrefixTree.NONE;
        each = tree.following(each, parent)) {
      int same = tree.sameTokens(each, tokens, start, Math.min(room, tree.length(each)));
      for (int slot = checkpoints.first(each);
          slot != Checkpoints.NONE;
          slot = checkpoints.following(slot)) {
        int at = checkpoints.offset(slot);
        if (at > offset
            && at <= same
            && (best == Checkpoints.NONE || at < checkpoints.offset(best))) {
          best = slot;
        }
      }
    }
    return best;
  }
}
