package io.souffleur.actors.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes of a stranger: one kind of exception, and no more memory than the bytes are worth. */
class HostileBytesTest {
  private static final int MUTATIONS = 60_000;
  private static final int RANDOM_MESSAGES = 40_000;

  /** What a refusal costs whatever the bytes are: exception, and linking its text for the first time. */
  private static final long BYTES_FIXED = 1 << 20;

  /** A list, map or text in memory against its bytes. */
  private static final long BYTES_FACTOR = 64;

  private final WireCodec codec = new WireCodec(WireLimits.DEFAULT);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Linking a record's constructor costs once what its parameters cost, and no bytes pay for it. */
  @BeforeEach
  void linkConstructors() {
    WireMessages.all().forEach(message -> codec.read(codec.write(message)));
  }

  /** Reads and answers whether it was a message; any other exception or error fails the test. */
  private boolean understood(byte[] bytes) {
    long before = threads.getCurrentThreadAllocatedBytes();
    boolean message;
    try {
      codec.read(bytes);
      message = true;
    } catch (WireFormatException refused) {
      message = false;
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(
        allocated <= BYTES_FIXED + BYTES_FACTOR * bytes.length,
        () -> allocated + " B for a message of " + bytes.length + " B");
    return message;
  }

  @Test
  void mutatedMessagesAreUnderstoodOrRefused() {
    List<byte[]> good = WireMessages.all().stream()
        .map(codec::write)
        .filter(bytes -> bytes.length < 4_000)
        .toList();
    good.forEach(this::understood);
    var random = new Random(20_260_718);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = good.get(random.nextInt(good.size())).clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes = mutated(bytes, random);
      }
      refused += understood(bytes) ? 0 : 1;
    }
    assertTrue(refused > MUTATIONS / 4 && refused < MUTATIONS, "refused " + refused);
  }

  /** Changes anything but the fingerprint, so that mutations reach the parts. */
  private static byte[] mutated(byte[] bytes, Random random) {
    if (bytes.length <= 8) {
      return bytes;
    }
    int at = 4 + random.nextInt(bytes.length - 4);
    switch (random.nextInt(5)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> {
        int wild = random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt();
        int from = Math.min(at, bytes.length - 4);
        ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(from, wild);
      }
      case 3 -> {
        return Arrays.copyOf(bytes, at);
      }
      default -> {
        return Arrays.copyOf(bytes, bytes.length + random.nextInt(64));
      }
    }
    return bytes;
  }

  @Test
  void randomBytesAreRefusedOrUnderstood() {
    byte[] head = Arrays.copyOf(codec.write(WireMessages.all().getFirst()), 5);
    var random = new Random(42);
    for (int i = 0; i < RANDOM_MESSAGES; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      if (i % 2 == 0 && bytes.length > 5) {
        System.arraycopy(head, 0, bytes, 0, 5);
        bytes[4] = (byte) (16 + random.nextInt(WireTypes.ALL.size()));
      }
      understood(bytes);
    }
  }

  @Test
  void everyCountOfEveryMessageMayClaimTwoBillions() {
    for (Record message : WireMessages.all()) {
      byte[] bytes = codec.write(message);
      for (int at = 5; at + 4 <= Math.min(bytes.length, 3_000); at++) {
        for (int claim : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 4 << 20}) {
          byte[] wild = bytes.clone();
          ByteBuffer.wrap(wild).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(at, claim);
          understood(wild);
        }
      }
    }
  }

  @Test
  void namesOfClassesAreNotFollowed() {
    byte[] head = Arrays.copyOf(codec.write(WireMessages.all().getFirst()), 4);
    byte[] name = "java.util.PriorityQueue".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    // Kryo's mark for "a class by its name", which is 1, then a name.
    ByteBuffer bytes = ByteBuffer.allocate(head.length + 3 + name.length);
    bytes.put(head).put((byte) 1).put((byte) 0).put((byte) (0x80 | name.length)).put(name);
    assertTrue(!understood(bytes.array()));
  }
}
