package io.souffleur.cache.tier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.tier.TierName;
import io.souffleur.contracts.tier.TierPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a file, a record is read exactly as it was written or not at all. The fixture
 * throws when other bytes come back.
 */
class TierCorruptionTest {
  private static final int RECORDS = 4;
  private static final long ROOMY = 1 << 20;

  @TempDir
  Path folder;

  private Path file;
  private byte[] whole;

  @BeforeEach
  void write() throws IOException {
    try (var store = TierFixture.open(folder, ROOMY)) {
      for (int i = 0; i < RECORDS; i++) {
        store.append(TierFixture.name(i));
      }
    }
    file = folder.resolve("kv-00000001.tier");
    whole = Files.readAllBytes(file);
  }

  @Test
  void everyFlippedByteCostsAtMostTheRecordsFromItOn() throws IOException {
    Random random = new Random(1);
    long recordBytes = SegmentFile.recordBytes(3, TierFixture.PAYLOAD_BYTES);
    for (int at = 0; at < whole.length; at++) {
      byte[] spoilt = whole.clone();
      spoilt[at] ^= (byte) (1 << random.nextInt(8));
      int before = (int) Math.max(0, (at - RecordFormat.SEGMENT_HEAD_BYTES) / recordBytes);
      int least = at < RecordFormat.SEGMENT_HEAD_BYTES ? 0 : before;

      int read = recordsReadOf(spoilt);

      assertTrue(read >= least, "byte " + at + ": " + read + " records were read");
    }
  }

  @Test
  void aFlippedPayloadCostsItsOwnRecordOnly() throws IOException {
    byte[] spoilt = whole.clone();
    int payloadOfSecond = RecordFormat.SEGMENT_HEAD_BYTES
        + (int) SegmentFile.recordBytes(3, TierFixture.PAYLOAD_BYTES)
        + RecordFormat.headBytes(3);
    spoilt[payloadOfSecond] ^= 1;

    assertEquals(RECORDS - 1, recordsReadOf(spoilt));
  }

  @Test
  void everyTruncationLeavesTheRecordsBeforeIt() throws IOException {
    long recordBytes = SegmentFile.recordBytes(3, TierFixture.PAYLOAD_BYTES);
    for (int length = 0; length < whole.length; length++) {
      long left = Math.max(0, (length - RecordFormat.SEGMENT_HEAD_BYTES) / recordBytes);

      assertEquals(left, recordsReadOf(Arrays.copyOf(whole, length)), "length " + length);
    }
  }

  @Test
  void tornTailsOfZerosAreNotRead() throws IOException {
    for (int length = RecordFormat.SEGMENT_HEAD_BYTES; length < whole.length; length += 7) {
      byte[] torn = Arrays.copyOf(Arrays.copyOf(whole, length), whole.length);

      int read = recordsReadOf(torn);

      assertTrue(read < RECORDS || Arrays.equals(torn, whole), "zeros from " + length);
    }
  }

  @Test
  void randomDamageNeverYieldsOtherBytes() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      byte[] spoilt = whole.clone();
      for (int i = random.nextInt(1, 40); i > 0; i--) {
        spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
      }
      int from = random.nextInt(spoilt.length);
      int to = random.nextInt(spoilt.length);
      int length = random.nextInt(Math.min(spoilt.length - from, spoilt.length - to));
      System.arraycopy(spoilt, from, spoilt, to, length);

      assertTrue(recordsReadOf(spoilt) <= RECORDS, "seed " + seed);
    }
  }

  @Test
  void aRecordOfAnotherFileIsNoRecordOfThisOne() throws IOException {
    Path second = folder.resolve("kv-00000002.tier");
    try (var store = TierFixture.open(folder, ROOMY)) {
      store.append(TierFixture.name(0));
    }
    byte[] moved = Files.readAllBytes(second);
    System.arraycopy(whole, 128, moved, 128, moved.length - 128);
    Files.write(second, moved);

    try (var store = TierFixture.open(folder, ROOMY)) {
      assertEquals(RECORDS, store.found.size());
      assertEquals(1, store.notices.size());
    }
  }

  @Test
  void damageWhileTheServerRunsIsFoundWhenTheRecordIsRead() throws IOException {
    try (var store = TierFixture.open(folder, ROOMY)) {
      byte[] spoilt = whole.clone();
      spoilt[spoilt.length - 1] ^= 8;
      Files.write(file, spoilt);
      TierName last = TierFixture.name(RECORDS - 1);

      assertEquals(RECORDS, store.found.size());
      assertTrue(!store.readsBack(last, store.found.get(last)));
      assertEquals(1, store.notices.size());
      Files.delete(file);
      TierName first = TierFixture.name(0);
      assertTrue(!store.readsBack(first, store.found.get(first)));
      assertNotEquals(TierPort.NO_RECORD, store.append(first));
    }
  }

  private int recordsReadOf(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    int read = 0;
    try (var store = TierFixture.open(folder, ROOMY)) {
      for (var each : store.found.entrySet()) {
        read += store.readsBack(each.getKey(), each.getValue()) ? 1 : 0;
      }
    }
    return read;
  }
}
