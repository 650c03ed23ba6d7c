package io.souffleur.clusterconfig.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.LaunchWords;
import io.souffleur.clusterconfig.launch.RunningNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Some clients read every token, beside as many neighbours that first read as well and then, in a
 * second round, do not read at all. The answers of the first must not change, nor their pace.
 *
 * <p>{@code -Dslow.tokens=2000 -Dslow.readers=16} makes it a measurement: the pace of both rounds is
 * printed.
 */
class SlowReaderTest {
  private static final int TOKENS = Integer.getInteger("slow.tokens", 400);
  private static final int NEIGHBOURS = Integer.getInteger("slow.readers", 6);
  private static final int READING = 4;
  private static final int RECEIVE_BYTES = 4_096;

  /** Send buffer, doubled by the kernel, and what a small receive buffer takes. */
  private static final int KERNEL_BYTES_MAX = 256 << 10;

  /** Chunks of some kilobytes, so that a reader that stops is noticed soon. */
  private static final String LARGE = ", \"logprobs\": true, \"top_logprobs\": 20";

  private final AtomicInteger cutOff = new AtomicInteger();
  private RunningNode node;
  private int port;

  private static String asked(int seed) {
    return ", \"stream\": true, \"ignore_eos\": true, \"temperature\": 1, \"seed\": " + seed
        + ", \"max_tokens\": " + TOKENS;
  }

  private record Round(List<Map<Integer, String>> texts, Latencies pace) {}

  /** All who read, while the neighbours come again and again. */
  private Round round(Callable<Void> neighbours) throws Exception {
    Latencies pace = new Latencies();
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> beside = clients.submit(() -> {
        while (!over.get()) {
          neighbours.call();
        }
        return null;
      });
      await().until(() -> node.client().status().running() == NEIGHBOURS);
      List<Future<Map<Integer, String>>> readers = new ArrayList<>();
      for (int i = 0; i < READING; i++) {
        int seed = i;
        readers.add(clients.submit(() -> read(seed, pace)));
      }
      List<Map<Integer, String>> texts = new ArrayList<>();
      for (Future<Map<Integer, String>> reader : readers) {
        texts.add(reader.get());
      }
      over.set(true);
      beside.get();
      return new Round(texts, pace);
    }
  }

  private Map<Integer, String> read(int seed, Latencies pace) throws IOException {
    long[] last = {0};
    try (WireCall call = WireCall.chat(port, asked(seed))) {
      return call.texts(() -> {
        if (last[0] > 0) {
          pace.since(last[0]);
        }
        last[0] = System.nanoTime();
      });
    }
  }

  private Void readEverything() throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < NEIGHBOURS; i++) {
        calls.add(clients.submit(() -> {
          try (WireCall call = WireCall.chat(port, asked(77) + LARGE)) {
            return call.texts();
          }
        }));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }
    return null;
  }

  /** Reads nothing until the server has given all of them up, then what the kernels held. */
  private Void readNothing() throws IOException {
    long before = cancelled();
    List<WireCall> calls = new ArrayList<>();
    for (int i = 0; i < NEIGHBOURS; i++) {
      calls.add(WireCall.slowChat(port, asked(77) + LARGE, RECEIVE_BYTES));
    }
    await().atMost(Duration.ofMinutes(1)).until(() -> cancelled() - before == NEIGHBOURS);
    for (WireCall call : calls) {
      int bytes = call.bytesUntilBrokenOff();
      assertTrue(bytes <= KERNEL_BYTES_MAX, bytes + " bytes were held beside the named limit");
      call.close();
      cutOff.incrementAndGet();
    }
    return null;
  }

  private long cancelled() {
    return node.client().status().counter("requests-cancelled");
  }

  @Test
  void readersGetTheSameAnswersBesideNeighboursThatDoNotRead() throws Exception {
    try (RunningNode serving = RunningNode.serve(LaunchWords.options("--port", "0"), System.err)) {
      node = serving;
      port = serving.address().orElseThrow().getPort();
      round(this::readEverything);
      Round beside = round(this::readEverything);
      assertEquals(0, cancelled());

      Round besideSlow = round(this::readNothing);

      System.err.println("tokens of readers beside readers:      " + beside.pace());
      System.err.println("tokens of readers beside slow readers: " + besideSlow.pace());
      System.err.println("slow readers cut off: " + cutOff);
      assertEquals(beside.texts(), besideSlow.texts());
      assertEquals(cancelled(), cutOff.get());
      assertEquals(0, serving.client().status().counter("pages-used"));
    }
  }
}
