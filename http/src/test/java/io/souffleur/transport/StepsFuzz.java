package io.souffleur.transport;

import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Plans, results and reports of steps from bytes: refused, or read, and then written and read again as
 * the same.
 *
 * <pre>
 *   kind (1 B, the lower two bits), body behind the header, which is always whole
 * </pre>
 *
 * <p>It lives in this package because the codecs can only be called here.
 */
public final class StepsFuzz {
  private static final StepId ID = new StepId(1, 2, 3, 4);

  private StepsFuzz() {}

  /** Called by the fuzzer before all, by this name: classes are slow when they are loaded. */
  public static void fuzzerInitialize() {
    seeds().forEach(StepsFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer, by this name. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    int length = MessageHeader.BYTES + data.length - 1;
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
    buffer.putBytes(MessageHeader.BYTES, data, 1, data.length - 1);
    switch (data[0] & 3) {
      case 0 -> plan(buffer, length);
      case 1 -> result(buffer, length);
      case 2 -> {
        head(MessageHeader.FAILURE, buffer, length);
        ReportCodec.decodeFailure(buffer, 0, length);
      }
      default -> {
        head(MessageHeader.HELLO, buffer, length);
        ReportCodec.decodeHello(buffer, 0, length);
      }
    }
  }

  private static void head(int kind, UnsafeBuffer buffer, int length) {
    MessageHeader.write(
        buffer, 0, kind, length, ID.epoch(), ID.incarnation(), ID.step(), ID.attempt());
  }

  private static void plan(UnsafeBuffer buffer, int length) {
    head(MessageHeader.PLAN, buffer, length);
    StepPlan plan = new StepPlan();
    if (PlanCodec.decode(buffer, 0, length, plan)) {
      UnsafeBuffer once = written(plan);
      StepPlan read = new StepPlan();
      if (!PlanCodec.decode(once, 0, once.capacity(), read)) {
        throw new AssertionError("a plan that was written is refused");
      }
      require(once, written(read));
    } else if (plan.runCount() + plan.admitCount() + plan.dropCount() + plan.copyCount() != 0) {
      throw new AssertionError("a refused plan with work");
    }
  }

  private static UnsafeBuffer written(StepPlan plan) {
    UnsafeBuffer bytes = new UnsafeBuffer(new byte[(int) PlanCodec.bytes(plan)]);
    PlanCodec.encode(plan, bytes, 0);
    return bytes;
  }

  private static void result(UnsafeBuffer buffer, int length) {
    head(MessageHeader.RESULT, buffer, length);
    StepResult result = new StepResult();
    if (ResultCodec.decode(buffer, 0, length, result)) {
      UnsafeBuffer again = new UnsafeBuffer(new byte[(int) ResultCodec.bytes(result)]);
      ResultCodec.encode(result, again, 0);
      require(buffer, again);
    }
  }

  private static void require(UnsafeBuffer expected, UnsafeBuffer found) {
    if (!Arrays.equals(expected.byteArray(), found.byteArray())) {
      throw new AssertionError("other bytes when written again: "
          + Arrays.toString(expected.byteArray()) + ", then " + Arrays.toString(found.byteArray()));
    }
  }

  /** Bodies of a few messages. */
  public static List<byte[]> seeds() {
    StepPlan plan = new StepPlan();
    plan.reset(ID);
    plan.admit(0, SamplingSpec.GREEDY);
    plan.drop(3);
    plan.addPage(1, 2);
    plan.copyPage(4, 5);
    plan.addRun(0, 0, StepPlan.NO_SLOT, 1, true);
    plan.addToken(31);
    plan.addCheckpoint(1, 4);
    StepResult result = new StepResult();
    result.reset(ID.epoch(), ID.incarnation(), ID.step(), ID.attempt(), 2, 2);
    result.token(0, 5);
    result.token(1, StepResult.NO_TOKEN);
    UnsafeBuffer resultBytes = new UnsafeBuffer(new byte[(int) ResultCodec.bytes(result)]);
    ResultCodec.encode(result, resultBytes, 0);
    UnsafeBuffer failure = new UnsafeBuffer(new byte[256]);
    int failureBytes = ReportCodec.encodeFailure(ID, "a rank fell over", failure);
    return List.of(
        seed(0, written(plan).byteArray()),
        seed(1, resultBytes.byteArray()),
        seed(2, Arrays.copyOf(failure.byteArray(), failureBytes)),
        seed(3, Arrays.copyOf(failure.byteArray(), failureBytes)));
  }

  private static byte[] seed(int kind, byte[] message) {
    byte[] seed = Arrays.copyOfRange(message, MessageHeader.BYTES - 1, message.length);
    seed[0] = (byte) kind;
    return seed;
  }
}
