package io.souffleur.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import java.nio.ByteOrder;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class PlanCodecTest {
  private static final StepId ID = new StepId(1L << 40, 12, 1L << 33, 3);
  private static final int OFFSET = 24;

  @Test
  void everyPlanComesBackAsItWas() {
    Random random = new Random(1);
    StepPlan decoded = new StepPlan();
    for (int i = 0; i < 500; i++) {
      StepPlan plan = Plans.random(random, ID);
      UnsafeBuffer bytes = encoded(plan);

      assertTrue(PlanCodec.decode(bytes, OFFSET, (int) PlanCodec.bytes(plan), decoded));

      Plans.assertSame(plan, decoded);
    }
  }

  @Test
  void anEmptyPlanHasTheHeaderAndElevenCounts() {
    StepPlan plan = new StepPlan();
    plan.reset(ID);

    assertEquals(76, PlanCodec.bytes(plan));
    assertTrue(PlanCodec.decode(encoded(plan), OFFSET, 76, new StepPlan()));
  }

  @Test
  void writesNothingBeyondItsLength() {
    StepPlan plan = Plans.random(new Random(2), ID);
    int bytes = (int) PlanCodec.bytes(plan);
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[OFFSET + bytes + 8]);
    buffer.setMemory(0, buffer.capacity(), (byte) 0x5A);

    PlanCodec.encode(plan, buffer, OFFSET);

    assertEquals(0x5A, buffer.getByte(OFFSET - 1));
    assertEquals(0x5A, buffer.getByte(OFFSET + bytes));
  }

  @Test
  void refusesEveryTruncation() {
    StepPlan plan = Plans.random(new Random(3), ID);
    int bytes = (int) PlanCodec.bytes(plan);
    UnsafeBuffer buffer = encoded(plan);
    for (int length = MessageHeader.BYTES; length < bytes; length++) {
      assertFalse(PlanCodec.decode(buffer, OFFSET, length, new StepPlan()), "length " + length);
      assertFalse(MessageHeader.isWhole(buffer, OFFSET, length));
    }
  }

  @Test
  void refusesCountsThatOverflowOrContradictTheLength() {
    StepPlan plan = Plans.random(new Random(4), ID);
    int bytes = (int) PlanCodec.bytes(plan);
    for (int field = 32; field <= 72; field += 4) {
      for (int value : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 29, 101}) {
        UnsafeBuffer buffer = encoded(plan);
        buffer.putInt(OFFSET + field, value, ByteOrder.LITTLE_ENDIAN);

        assertFalse(PlanCodec.decode(buffer, OFFSET, bytes, new StepPlan()), field + " = " + value);
      }
    }
  }

  @Test
  void refusesCountsOfARunThatReachIntoTheNextRun() {
    StepPlan plan = new StepPlan();
    plan.reset(ID);
    for (int run = 0; run < 2; run++) {
      plan.addRun(run, 0, StepPlan.NO_SLOT, run, true);
      plan.addToken(7);
      plan.addCheckpoint(1, 4 + run);
      plan.scorePrompt(1, 2, 9);
    }
    int bytes = (int) PlanCodec.bytes(plan);
    for (int field : new int[] {20, 24, 28, 32 + 20, 32 + 24, 32 + 28}) {
      for (int value : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 2, 3}) {
        UnsafeBuffer buffer = encoded(plan);
        buffer.putInt(OFFSET + 76 + field, value, ByteOrder.LITTLE_ENDIAN);

        assertFalse(PlanCodec.decode(buffer, OFFSET, bytes, new StepPlan()), field + " = " + value);
      }
    }
  }

  @Test
  void randomBytesNeverThrowAndLeaveNoWork() {
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      StepPlan plan = Plans.random(random, ID);
      int bytes = (int) PlanCodec.bytes(plan);
      UnsafeBuffer buffer = encoded(plan);
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        buffer.putByte(OFFSET + 32 + random.nextInt(bytes - 32), (byte) random.nextInt());
      }
      StepPlan decoded = new StepPlan();
      if (!PlanCodec.decode(buffer, OFFSET, bytes, decoded)) {
        assertEquals(0, decoded.runCount() + decoded.admitCount() + decoded.dropCount());
        assertEquals(0, decoded.copyCount() + decoded.checkpointCount() + decoded.scoringCount());
        assertTrue(decoded.pictures().isEmpty());
      }
    }
  }

  @Test
  void settingsFitTheLargestPlanOfAnEngineOrSayWhyNot() {
    TransportSettings small = TransportSettings.fitting(264, 8, 512, 512 * 64);
    long needed = PlanCodec.bytesMax(264, 8, 512, 512 * 64);
    assertTrue(small.planBytesMax() >= needed && small.planBytesMax() < 2 * needed, needed + " B");
    assertEquals(6L * (small.planTermBytes() + small.resultTermBytes()), small.logBytes());
    assertTrue(small.resultBytesMax() >= ResultCodec.bytesMax(8));

    TransportSettings large = TransportSettings.fitting(262_144, 512, 262_144, 1 << 20);
    assertTrue(large.planBytesMax() >= PlanCodec.bytesMax(262_144, 512, 262_144, 1 << 20));

    var refused = assertThrows(
        IllegalArgumentException.class, () -> TransportSettings.fitting(8_192, 64, 1 << 22, 64));
    assertTrue(refused.getMessage().contains("4194304 pages"), refused.getMessage());
  }

  private static UnsafeBuffer encoded(StepPlan plan) {
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[OFFSET + (int) PlanCodec.bytes(plan)]);
    PlanCodec.encode(plan, buffer, OFFSET);
    return buffer;
  }
}
