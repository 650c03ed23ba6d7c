package io.souffleur.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepResult;
import java.util.Optional;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ReportCodecTest {
  private static final StepAddress FROM = new StepAddress(2, 7, 9);
  private static final RankHello HELLO = new RankHello(
      4711,
      new CacheLayout(64, 1 << 20, 6400),
      new CacheCapacity(100, 18),
      "native/1/bf16",
      "0.1 ü");

  @Test
  void helloComesBackAsItWas() {
    ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();

    int bytes = ReportCodec.encodeHello(FROM, HELLO, buffer);

    assertTrue(MessageHeader.isWhole(buffer, 0, bytes));
    assertEquals(9, MessageHeader.incarnation(buffer, 0));
    assertEquals(Optional.of(HELLO), ReportCodec.decodeHello(buffer, 0, bytes));
  }

  @Test
  void helloWithWrongLengthsIsRefused() {
    ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    int bytes = ReportCodec.encodeHello(FROM, HELLO, buffer);
    for (int length = MessageHeader.BYTES; length < bytes; length++) {
      assertEquals(Optional.empty(), ReportCodec.decodeHello(buffer, 0, length));
    }
    buffer.putInt(68, -5, MessageHeader.ORDER);
    assertEquals(Optional.empty(), ReportCodec.decodeHello(buffer, 0, bytes));
  }

  @Test
  void helloNamesTheFirstDifferenceWithBothValues() {
    RankHello other =
        new RankHello(1, HELLO.layout(), HELLO.capacity(), "reference/1/f32", HELLO.version());

    assertEquals(Optional.empty(), HELLO.mismatch(HELLO));
    assertEquals(
        Optional.of("the rank has another numerics fingerprint: expected native/1/bf16,"
            + " found reference/1/f32"),
        other.mismatch(HELLO));
  }

  @Test
  void longFailureTextIsCutBetweenCharacters() {
    ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();

    int bytes = ReportCodec.encodeFailure(new StepId(7, 9, 3, 1), "€".repeat(2_000), buffer);
    String text = ReportCodec.decodeFailure(buffer, 0, bytes).orElseThrow();

    assertEquals("€".repeat(ReportCodec.FAILURE_TEXT_BYTES_MAX / 3), text);
  }

  @Test
  void failureThatIsNoTextIsRefused() {
    ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    int bytes = ReportCodec.encodeFailure(new StepId(7, 9, 3, 1), "abc", buffer);
    buffer.putByte(36, (byte) 0xFF);

    assertEquals(Optional.empty(), ReportCodec.decodeFailure(buffer, 0, bytes));
    assertEquals(Optional.empty(), ReportCodec.decodeFailure(buffer, 0, bytes - 1));
  }

  @Test
  void resultComesBackAsItWas() {
    Random random = new Random(6);
    StepResult decoded = new StepResult();
    for (int runs = 0; runs < 200; runs++) {
      StepResult result = new StepResult();
      result.reset(new StepId(7, 9, runs, 2), runs, runs * 3);
      for (int run = 0; run < runs; run++) {
        result.token(run, random.nextInt(100) - 2);
        if (random.nextInt(4) == 0) {
          result.addScore(run, random.nextInt(100), random.nextFloat());
        }
        for (int i = random.nextInt(4); i > 0; i--) {
          result.addPromptScore(run, 5 - i, random.nextInt(100), -random.nextFloat());
        }
      }
      UnsafeBuffer buffer = new UnsafeBuffer(new byte[(int) ResultCodec.bytes(result)]);

      ResultCodec.encode(result, buffer, 0);

      assertTrue(ResultCodec.decode(buffer, 0, buffer.capacity(), decoded));
      assertEquals(result.id(), decoded.id());
      assertEquals(runs * 3, decoded.rows());
      for (int run = 0; run < runs; run++) {
        assertEquals(result.token(run), decoded.token(run));
      }
      assertEquals(result.scoreCount(), decoded.scoreCount());
      assertEquals(result.promptScoreCount(), decoded.promptScoreCount());
      for (int i = 0; i < result.promptScoreCount(); i++) {
        assertEquals(result.promptScoreRun(i), decoded.promptScoreRun(i));
        assertEquals(result.promptScorePosition(i), decoded.promptScorePosition(i));
        assertEquals(result.promptScoreToken(i), decoded.promptScoreToken(i));
        assertEquals(result.promptScoreLog(i), decoded.promptScoreLog(i));
      }
    }
  }

  @Test
  void resultWithWrongCountsOrTokensIsRefused() {
    StepResult result = new StepResult();
    result.reset(new StepId(7, 9, 1, 0), 4, 4);
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[(int) ResultCodec.bytes(result)]);
    ResultCodec.encode(result, buffer, 0);

    for (int length = MessageHeader.BYTES; length < buffer.capacity(); length++) {
      assertFalse(ResultCodec.decode(buffer, 0, length, new StepResult()));
    }
    buffer.putInt(40, -3, MessageHeader.ORDER);
    assertFalse(ResultCodec.decode(buffer, 0, buffer.capacity(), new StepResult()));
    buffer.putInt(32, Integer.MAX_VALUE, MessageHeader.ORDER);
    assertFalse(ResultCodec.decode(buffer, 0, buffer.capacity(), new StepResult()));
  }
}
