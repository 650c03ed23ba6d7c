package io.souffleur.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.step.StepHandler;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.contracts.step.StepResult;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoding allocates no heap, however long it goes on, page borders included.
 *
 * <p>Proven without a compiler, where every allocation in the code is one: no window has a byte. In a JVM
 * that compiles, a request to compile a method makes a name or two on the thread that asks, so there
 * only most windows can have none.
 */
class SteadyDecodeAllocationTest {
  private static final int SEQUENCES = 8;
  private static final int WARM_STEPS = 3_000;
  private static final int WINDOWS = 8;

  /** Many page borders lie in each. */
  private static final int WINDOW_STEPS = 1_000;

  /** A class name, as text and bytes, for each class that a compiled method names. */
  private static final long COMPILER_BYTES_MAX = 64 << 10;

  /** Runs a step inside offer, like a local rank. */
  private static final class EchoExecutor implements StepExecutor {
    private final StepResult result = new StepResult();
    private boolean waits;

    @Override
    public boolean offer(StepPlan plan) {
      result.reset(plan);
      for (int run = 0; run < plan.runCount(); run++) {
        if (plan.runDraws(run)) {
          result.token(run, 1 + plan.runSeat(run));
        }
      }
      waits = true;
      return true;
    }

    @Override
    public int poll(StepHandler handler, int limit) {
      if (!waits) {
        return 0;
      }
      waits = false;
      handler.onStepResult(result);
      return 1;
    }

    @Override
    public int depth() {
      return 1;
    }

    @Override
    public int incarnation() {
      return 1;
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class CountingSink implements TokenSink {
    private long tokens;

    @Override
    public void onAccepted(RequestId id, long epoch) {}

    @Override
    public void onToken(RequestId id, long epoch, int token) {
      tokens++;
    }

    @Override
    public void onToken(RequestId id, long epoch, int token, TokenScore score) {
      throw new AssertionError("nobody asked for " + score);
    }

    @Override
    public void onFinished(Finished finished) {
      throw new AssertionError(finished.toString());
    }

    @Override
    public void onLost(EngineLost lost) {
      throw new AssertionError(lost.toString());
    }
  }

  /** Entry point of the JVM without a compiler: prints the bytes of each window. */
  public static void main(String[] keepsPrefixes) {
    System.out.println(Arrays.toString(windows(Boolean.parseBoolean(keepsPrefixes[0]))));
  }

  /** @param keepsPrefixes whether pages and states go into the tree, and old states give way */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutACompilerNoWindowHasAByte(boolean keepsPrefixes) throws Exception {
    Process interpreter = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xint",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            SteadyDecodeAllocationTest.class.getName(),
            Boolean.toString(keepsPrefixes))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    String printed =
        new String(interpreter.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

    assertEquals(0, interpreter.waitFor());
    assertEquals(Arrays.toString(new long[WINDOWS]), printed);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withACompilerMostWindowsHaveNoByteAndTheOthersAFewNames(boolean keepsPrefixes) {
    long[] bytes = windows(keepsPrefixes);

    assertTrue(
        Arrays.stream(bytes).filter(each -> each == 0).count() > WINDOWS / 2,
        Arrays.toString(bytes));
    assertTrue(Arrays.stream(bytes).sum() <= COMPILER_BYTES_MAX, Arrays.toString(bytes));
  }

  /** Bytes that this thread takes in each window of a long decode. */
  private static long[] windows(boolean keepsPrefixes) {
    int context = WARM_STEPS + WINDOWS * WINDOW_STEPS + 100;
    int slots = keepsPrefixes ? 6 * SEQUENCES : 2 * SEQUENCES;
    var settings = new EngineSettings(context, SEQUENCES, 64, 64, 100_000)
        .cache(keepsPrefixes ? CacheSettings.ON : CacheSettings.OFF);
    var loop = new EngineLoop(
        1,
        settings,
        new CacheLayout(16, 64, 64),
        new CacheCapacity(SEQUENCES * context / 16 + SEQUENCES, slots),
        new EchoExecutor(),
        System::nanoTime);
    var sink = new CountingSink();
    for (int i = 0; i < SEQUENCES; i++) {
      loop.inbox()
          .submit(
              new GenerationRequest(
                  new RequestId("r" + i),
                  new int[] {1, 2, 3},
                  new int[0],
                  SamplingSpec.GREEDY,
                  context,
                  new int[] {99}),
              sink);
    }
    bytesOf(loop, WARM_STEPS);
    long tokensBefore = sink.tokens;
    long[] bytes = new long[WINDOWS];
    for (int window = 0; window < WINDOWS; window++) {
      bytes[window] = bytesOf(loop, WINDOW_STEPS);
    }
    assertEquals((long) WINDOWS * WINDOW_STEPS * SEQUENCES, sink.tokens - tokensBefore);
    return bytes;
  }

  private static long bytesOf(EngineLoop loop, int steps) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < steps; i++) {
      loop.doWork();
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
