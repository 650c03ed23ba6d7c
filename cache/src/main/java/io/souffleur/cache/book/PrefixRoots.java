package io.souffleur.cache.book;

import java.util.HashMap;
import java.util.Map;

/**
 * The trees' roots by the name of their namespace; a root lives as long as it has children.
 *
 * <p>A root is a node number past those of the pages. There are never more of them than pages, because
 * each has at least one. Owned by the engine loop.
 */
final class PrefixRoots {
  private final Map<String, Integer> byName = new HashMap<>();
  private final String[] names;
  private final int[] freeStack;
  private final int first;
  private int freeCount;

  /** @param first number of the first root */
  PrefixRoots(int first, int count) {
    this.first = first;
    names = new String[count];
    freeStack = new int[count];
    for (int i = 0; i < count; i++) {
      freeStack[i] = first + count - 1 - i;
    }
    freeCount = count;
  }

  boolean isRoot(int node) {
    return node >= first;
  }

  /** The root, or {@link PrefixTree#NONE}. */
  int find(String namespace) {
    Integer root = byName.get(namespace);
    return root == null ? PrefixTree.NONE : root;
  }

  int findOrMake(String namespace) {
    int root = find(namespace);
    if (root == PrefixTree.NONE) {
      root = freeStack[--freeCount];
      names[root - first] = namespace;
      byName.put(namespace, root);
    }
    return root;
  }

  /** The last child of the root went. */
  void remove(int root) {
    byName.remove(names[root - first]);
    names[root - first] = null;
    freeStack[freeCount++] = root;
  }

  int count() {
    return byName.size();
  }

  int[] all() {
    return byName.values().stream().mapToInt(Integer::intValue).toArray();
  }
}
