package io.souffleur.cache.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheStoreTest {
  private static final CacheLayout LAYOUT = new CacheLayout(4, 128, 192);
  private static final CacheCapacity CAPACITY = new CacheCapacity(3, 2);

  @Test
  void bytesOfAPageOutliveTheProcessThatWroteThem(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("kv");
    try (var store = KvStore.create(file, LAYOUT, CAPACITY)) {
      store.page(2).set(ValueLayout.JAVA_INT_UNALIGNED, 124, 77);
    }

    try (var store = KvStore.open(file, LAYOUT, CAPACITY)) {
      assertEquals(77, store.pool().get(ValueLayout.JAVA_INT_UNALIGNED, 2 * 128 + 124));
      assertEquals(0, store.page(1).get(ValueLayout.JAVA_INT_UNALIGNED, 124));
    }
  }

  @Test
  void slotsLieAtTheirStride() {
    try (var store = StateStore.inMemory(LAYOUT, CAPACITY)) {
      store.slot(1).setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, 0, 1.5f);

      assertEquals(192, store.strideBytes());
      assertEquals(1.5f, store.pool().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 192));
      assertEquals(0, store.pool().address() % 64);
    }
  }

  @Test
  void aCopiedPageHasAllBytesAndItsNeighboursKeepTheirs() {
    try (var store = KvStore.inMemory(LAYOUT, CAPACITY)) {
      for (int page = 0; page < CAPACITY.pages(); page++) {
        store.page(page).fill((byte) (page + 1));
      }

      store.copyPage(2, 1);

      assertEquals(-1, store.page(1).mismatch(store.page(2)));
      assertEquals(1, store.page(0).get(ValueLayout.JAVA_BYTE, 127));
      assertEquals(3, store.page(2).get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  @Test
  void refusesAFileOfAnotherSize(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("state");
    StateStore.create(file, LAYOUT, CAPACITY).close();

    var failure = assertThrows(
        IOException.class, () -> StateStore.open(file, LAYOUT, new CacheCapacity(3, 4)));

    assertTrue(failure.getMessage().contains("has 384 B, the cache layout asks for 768 B"));
  }

  @Test
  void refusesNumbersItDoesNotHave() {
    try (var store = KvStore.inMemory(LAYOUT, CAPACITY)) {
      assertThrows(IndexOutOfBoundsException.class, () -> store.page(3));
      assertThrows(IndexOutOfBoundsException.class, () -> store.page(-1));
    }
  }

  @Test
  void aModelWithoutRecurrentLayersHasAnEmptyStateStore(@TempDir Path dir) throws IOException {
    var layout = new CacheLayout(4, 128, 0);
    var capacity = new CacheCapacity(3, 0);
    Path file = dir.resolve("none");

    StateStore.create(file, layout, capacity).close();

    try (var store = StateStore.open(file, layout, capacity)) {
      assertEquals(0, store.pool().byteSize());
    }
  }
}
