package io.souffleur.contracts.step;

import java.util.Arrays;

/** Numbers in a row that grow to the largest step and stay. Owned by the plan they belong to. */
final class IntList {
  private int[] values = new int[16];
  private int size;

  void clear() {
    size = 0;
  }

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void set(int index, int value) {
    values[index] = value;
  }

  int get(int index) {
    return values[index];
  }

  int size() {
    return size;
  }
}
