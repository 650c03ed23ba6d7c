package io.souffleur.cache.tier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.tier.TierName;
import io.souffleur.contracts.tier.TierPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TierStoreTest {
  private static final long ROOMY = 1 << 20;
  private static final long RECORD_BYTES = SegmentFile.recordBytes(3, TierFixture.PAYLOAD_BYTES);

  @TempDir
  Path parent;

  @Test
  void recordsOutliveTheServerThatWroteThem() throws IOException {
    Path folder = parent.resolve("cache");
    TierName first = TierFixture.name(1);
    TierName second = TierFixture.name(2);
    try (var store = TierFixture.open(folder, ROOMY)) {
      store.append(first);
      store.append(second);
    }

    try (var store = TierFixture.open(folder, ROOMY)) {
      assertEquals(List.of(first, second), List.copyOf(store.found.keySet()));
      assertTrue(store.readsBack(first, store.found.get(first)));
      assertTrue(store.readsBack(second, store.found.get(second)));
      assertEquals(List.of(), store.notices);
    }
  }

  @Test
  void aServerAppendsToAFileOfItsOwn() throws IOException {
    try (var store = TierFixture.open(parent, ROOMY)) {
      store.append(TierFixture.name(1));
    }
    try (var store = TierFixture.open(parent, ROOMY)) {
      store.append(TierFixture.name(2));
      assertEquals(2, store.store.segmentCount());
    }
    try (var store = TierFixture.open(parent, ROOMY)) {
      assertEquals(2, store.found.size());
    }
  }

  @Test
  void aRecordIsReadUnderItsOwnNameOnly() throws IOException {
    try (var store = TierFixture.open(parent, ROOMY)) {
      long record = store.append(TierFixture.name(1));

      assertFalse(store.readsBack(TierFixture.name(2), record));
      assertFalse(store.readsBack(TierFixture.name(1), record + 1));
      assertFalse(store.readsBack(TierFixture.name(1), 99L << 32));
      assertTrue(store.readsBack(TierFixture.name(1), record));
    }
  }

  @Test
  void folderAndFilesArePrivate() throws IOException {
    Path folder = parent.resolve("cache");
    try (var store = TierFixture.open(folder, ROOMY)) {
      store.append(TierFixture.name(1));
    }

    assertEquals("rwx------", mode(folder));
    for (Path file : files(folder)) {
      assertEquals("rw-------", mode(file), file.toString());
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aFolderThatOthersMayWriteIsRefused() throws IOException {
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxrwxr-x"));

    var refused = assertThrows(IOException.class, () -> TierFixture.open(parent, ROOMY));

    assertTrue(refused.getMessage().contains("may be written by others: chmod 700 it"));
  }

  @Test
  void aFolderInUseIsRefusedUntilItIsClosed() throws IOException {
    try (var store = TierFixture.open(parent, ROOMY)) {
      var refused = assertThrows(IOException.class, () -> TierFixture.open(parent, ROOMY));

      assertTrue(refused.getMessage().contains("is in use by another server"));
      assertNotEquals(TierPort.NO_RECORD, store.append(TierFixture.name(1)));
    }
    TierFixture.open(parent, ROOMY).close();
  }

  @Test
  void theSegmentUnusedForLongestGoesWhenRoomIsNeeded() throws IOException {
    long budget = 16 * (RECORD_BYTES + RecordFormat.SEGMENT_HEAD_BYTES);
    try (var store = TierFixture.open(parent, budget)) {
      List<Long> records = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        records.add(store.append(TierFixture.name(i)));
      }
      assertEquals(16, store.store.segmentCount());
      assertTrue(store.readsBack(TierFixture.name(0), records.get(0)));

      store.append(TierFixture.name(16));

      assertEquals(List.of(TierPort.segment(records.get(1))), store.dropped);
      assertTrue(store.readsBack(TierFixture.name(0), records.get(0)));
      assertFalse(store.readsBack(TierFixture.name(1), records.get(1)));
      assertTrue(store.store.bytes() <= budget);
      assertEquals(store.store.bytes(), fileBytes(parent));
    }
  }

  @Test
  void useIsRememberedAcrossARestart() throws IOException {
    long budget = 16 * (RECORD_BYTES + RecordFormat.SEGMENT_HEAD_BYTES);
    TierName used = TierFixture.name(0);
    long record;
    try (var store = TierFixture.open(parent, budget)) {
      record = store.append(used);
      for (int i = 1; i < 16; i++) {
        store.append(TierFixture.name(i));
      }
      for (Path file : files(parent)) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
      }
      assertTrue(store.readsBack(used, record));
    }

    try (var store = TierFixture.open(parent, budget / 2)) {
      assertTrue(store.readsBack(used, record));
      assertFalse(store.readsBack(TierFixture.name(1), store.found.get(TierFixture.name(1))));
      assertTrue(fileBytes(parent) <= budget / 2);
    }
  }

  @Test
  void aBudgetBelowOneRecordKeepsNothing() throws IOException {
    try (var store = TierFixture.open(parent, RECORD_BYTES)) {
      assertEquals(TierPort.NO_RECORD, store.append(TierFixture.name(1)));
      assertEquals(0, fileBytes(parent));
    }
  }

  @Test
  void filesOfAnotherKeyAreToldOnceAndGoFirst() throws IOException {
    TierKey other = new TierKey(
        "weights", new CacheLayout(4, TierFixture.PAYLOAD_BYTES, 64), "words", "chat", "native/2");
    try (var store = new TierFixture(parent, other, ROOMY)) {
      store.append(TierFixture.name(1));
    }

    try (var store = TierFixture.open(parent, 3 * (RECORD_BYTES + 128))) {
      assertEquals(0, store.found.size());
      assertEquals(1, store.notices.size());
      assertTrue(store.notices.getFirst().contains("kernel set; it is left out"));
      long first = store.append(TierFixture.name(2));
      store.append(TierFixture.name(3));
      assertEquals(3, files(parent).size());
      store.append(TierFixture.name(4));

      assertTrue(store.readsBack(TierFixture.name(2), first));
      assertEquals(List.of(), store.dropped);
    }
  }

  @Test
  void filesOfAnotherVersionAreForeign() throws IOException {
    Path file;
    try (var store = TierFixture.open(parent, ROOMY)) {
      store.append(TierFixture.name(1));
      file = files(parent).getFirst();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[8] = 2;
    Files.write(file, bytes);

    try (var store = TierFixture.open(parent, ROOMY)) {
      assertEquals(0, store.found.size());
      assertEquals(
          List.of(file + " has format 2, this server writes 1; it is left out"), store.notices);
    }
  }

  @Test
  void filesWithOtherNamesAndLinksAreLeftAlone() throws IOException {
    Path note = Files.writeString(parent.resolve("notes.txt"), "mine");
    Files.createSymbolicLink(parent.resolve("kv-00000007.tier"), note);

    try (var store = TierFixture.open(parent, 2 * (RECORD_BYTES + 128))) {
      for (int i = 0; i < 9; i++) {
        store.append(TierFixture.name(i));
      }
      assertEquals(List.of(), store.notices);
    }

    assertEquals("mine", Files.readString(note));
    assertTrue(Files.isSymbolicLink(parent.resolve("kv-00000007.tier")));
  }

  @Test
  void clearingForgetsEverything() throws IOException {
    try (var store = TierFixture.open(parent, ROOMY)) {
      long record = store.append(TierFixture.name(1));

      store.store.clear();

      assertFalse(store.readsBack(TierFixture.name(1), record));
      assertEquals(0, store.store.bytes());
      assertEquals(0, fileBytes(parent));
      assertTrue(store.readsBack(TierFixture.name(2), store.append(TierFixture.name(2))));
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(each -> each.toString().endsWith(".tier")).sorted().toList();
    }
  }

  private static long fileBytes(Path folder) throws IOException {
    long bytes = 0;
    for (Path file : files(folder)) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
