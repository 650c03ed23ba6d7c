package io.souffleur.cache.book;

import java.util.Arrays;

/**
 * Numbers 0 … n−1, each free, owned by one holding or by the prefix tree.
 *
 * <p>Last released, first given again: warm memory stays warm, and a run with the same seed hands out
 * the same numbers. Owned by the engine loop.
 */
final class NumberPool {
  static final int NONE = -1;

  /** Owner of what the prefix tree keeps. */
  static final int TREE = -2;

  private static final int FREE = -1;

  private final String noun;
  private final int[] freeStack;
  private final int[] owners;
  private int freeCount;

  /** @param noun what the numbers stand for, for messages */
  NumberPool(String noun, int total) {
    this.noun = noun;
    freeStack = new int[total];
    owners = new int[total];
    Arrays.fill(owners, FREE);
    for (int i = 0; i < total; i++) {
      freeStack[i] = total - 1 - i;
    }
    freeCount = total;
  }

  /** A free number, now owned by {@code owner}, or {@link #NONE}. */
  int tryAcquire(int owner) {
    if (freeCount == 0) {
      return NONE;
    }
    int number = freeStack[--freeCount];
    owners[number] = owner;
    return number;
  }

  void release(int number, int owner) {
    checkOwner(number, owner);
    owners[number] = FREE;
    freeStack[freeCount++] = number;
  }

  /** The number changes hands without being free in between. */
  void transfer(int number, int from, int to) {
    checkOwner(number, from);
    owners[number] = to;
  }

  void checkOwner(int number, int owner) {
    if (number < 0 || number >= owners.length || owners[number] != owner) {
      throw new IllegalStateException(name(owner) + " claims " + noun + " " + number + " of "
          + owners.length + ", which is " + ownerWord(number));
    }
  }

  private String ownerWord(int number) {
    if (number < 0 || number >= owners.length) {
      return "out of range";
    }
    return owners[number] == FREE ? "free" : "owned by " + name(owners[number]);
  }

  private static String name(int owner) {
    return owner == TREE ? "the tree" : "holding " + owner;
  }

  int total() {
    return owners.length;
  }

  int free() {
    return freeCount;
  }

  int used() {
    return owners.length - freeCount;
  }

  /** Throws unless every number is free and listed once, or owned and not listed. */
  void checkIntegrity() {
    boolean[] listed = new boolean[owners.length];
    for (int i = 0; i < freeCount; i++) {
      int number = freeStack[i];
      if (listed[number] || owners[number] != FREE) {
        throw new IllegalStateException(noun + " " + number + " is listed as free"
            + (listed[number] ? " twice" : " and " + ownerWord(number)));
      }
      listed[number] = true;
    }
    for (int number = 0; number < owners.length; number++) {
      if (owners[number] == FREE && !listed[number]) {
        throw new IllegalStateException(noun + " " + number + " is neither free nor owned");
      }
    }
  }
}
