package io.souffleur.cache.tier;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.tier.PrefixDigest;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.contracts.tier.TierName;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A store in a folder, what it said, and payloads that follow from a record's name. */
final class TierFixture implements AutoCloseable {
  static final int PAYLOAD_BYTES = 192;
  static final TierKey KEY =
      new TierKey("weights", new CacheLayout(4, PAYLOAD_BYTES, 64), "words", "chat", "native/1");

  final List<String> notices = new ArrayList<>();
  final List<Integer> dropped = new ArrayList<>();
  final Map<TierName, Long> found = new LinkedHashMap<>();
  final TierStore store;

  TierFixture(Path folder, TierKey key, long bytesMax) throws IOException {
    TierSettings settings =
        new TierSettings(folder, TierKind.PAGE, key.digest(), PAYLOAD_BYTES, bytesMax);
    store = TierStore.open(settings, notices::add, dropped::add, found::put);
  }

  static TierFixture open(Path folder, long bytesMax) throws IOException {
    return new TierFixture(folder, KEY, bytesMax);
  }

  static TierName name(int number) {
    return new TierName(
        TierKind.PAGE, new PrefixDigest(number, 2, 3, 4), number * 4, new int[] {number, 8, 9});
  }

  static MemorySegment payload(TierName name) {
    byte[] bytes = new byte[PAYLOAD_BYTES];
    new Random(name.hashCode()).nextBytes(bytes);
    return MemorySegment.ofArray(bytes);
  }

  long append(TierName name) {
    return store.append(name, payload(name));
  }

  /** Whether the record is read as it was written; a read that claims so and lies is an error. */
  boolean readsBack(TierName name, long record) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment into = arena.allocate(PAYLOAD_BYTES);
      boolean whole = store.read(name, record, into);
      if (whole && into.mismatch(payload(name)) >= 0) {
        throw new AssertionError("read other bytes for " + name + " than were written: "
            + into.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
      }
      return whole;
    }
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
