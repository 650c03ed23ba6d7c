package io.souffleur.cache.book;

import java.util.Arrays;

/**
 * Who is whose child in the tree, in arrays: children of a node in a list, and all nodes in buckets by
 * parent and first token, through which children are found. A node that must not be found any more leaves
 * its bucket and stays a child. Owned by the engine loop.
 */
final class NodeLinks {
  static final int NONE = PrefixTree.NONE;

  private final int[] parents;
  private final int[] firstChild;
  private final int[] nextSibling;
  private final int[] previousSibling;
  private final int[] buckets;
  private final int[] nextInBucket;

  /** @param nodes numbers below are nodes, as many numbers above are roots */
  NodeLinks(int nodes) {
    parents = filled(nodes);
    firstChild = filled(2 * nodes);
    nextSibling = filled(nodes);
    previousSibling = filled(nodes);
    buckets = filled(Integer.highestOneBit(Math.max(1, nodes)) * 2);
    nextInBucket = filled(nodes);
  }

  private static int[] filled(int length) {
    int[] array = new int[length];
    Arrays.fill(array, NONE);
    return array;
  }

  int nodes() {
    return parents.length;
  }

  /** {@link #NONE} for a number that is not in the tree. */
  int parent(int node) {
    return parents[node];
  }

  boolean hasChildren(int node) {
    return firstChild[node] != NONE;
  }

  int firstChild(int node) {
    return firstChild[node];
  }

  int nextSibling(int node) {
    return nextSibling[node];
  }

  /** The first child that may begin with {@code token} and can be found, or {@link #NONE}. */
  int first(int parent, int token) {
    return ofParent(buckets[bucketOf(parent, token)], parent);
  }

  /** The next one after {@code node}. */
  int following(int node, int parent) {
    return ofParent(nextInBucket[node], parent);
  }

  private int ofParent(int from, int parent) {
    int node = from;
    while (node != NONE && parents[node] != parent) {
      node = nextInBucket[node];
    }
    return node;
  }

  private int bucketOf(int parent, int token) {
    int hash = (parent * 0x9E3779B9 + token) * 0x85EBCA6B;
    return (hash ^ (hash >>> 15)) & (buckets.length - 1);
  }

  /** A new child that begins with {@code token}. */
  void link(int node, int parent, int token) {
    parents[node] = parent;
    nextSibling[node] = firstChild[parent];
    previousSibling[node] = NONE;
    if (firstChild[parent] != NONE) {
      previousSibling[firstChild[parent]] = node;
    }
    firstChild[parent] = node;
    int bucket = bucketOf(parent, token);
    nextInBucket[node] = buckets[bucket];
    buckets[bucket] = node;
  }

  /** The node is not found any more. */
  void hide(int node, int token) {
    int bucket = bucketOf(parents[node], token);
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

  /** A hidden node without children leaves the tree. */
  void unlink(int node) {
    if (firstChild[node] != NONE) {
      throw new IllegalStateException("node " + node + " has children");
    }
    int before = previousSibling[node];
    int after = nextSibling[node];
    if (before == NONE) {
      firstChild[parents[node]] = after;
    } else {
      nextSibling[before] = after;
    }
    if (after != NONE) {
      previousSibling[after] = before;
    }
    parents[node] = NONE;
  }

  /** The node and all below it, parents before their children. Allocates. */
  int[] subtree(int top) {
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
    return Arrays.copyOf(order, count);
  }

  /** Marks all nodes that are in the list of their parent; for checks. */
  boolean[] listed() {
    boolean[] marks = new boolean[parents.length];
    for (int parent = 0; parent < firstChild.length; parent++) {
      for (int child = firstChild[parent]; child != NONE; child = nextSibling[child]) {
        marks[child] = parents[child] == parent;
      }
    }
    return marks;
  }

  /** Marks all nodes that are in some bucket; for checks. */
  boolean[] findable() {
    boolean[] marks = new boolean[parents.length];
    for (int head : buckets) {
      for (int node = head; node != NONE; node = nextInBucket[node]) {
        marks[node] = true;
      }
    }
    return marks;
  }
}
