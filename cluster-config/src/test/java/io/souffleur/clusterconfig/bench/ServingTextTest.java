package io.souffleur.clusterconfig.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.souffleur.clusterconfig.cli.ServingOptions;
import io.souffleur.clusterconfig.cli.ServingWords;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServingTextTest {
  private static final ServingFigures FIGURES = new ServingFigures(
      10,
      7.4729,
      6101,
      4220,
      4218,
      690,
      2,
      1,
      Percentiles.of(new double[] {746}),
      Percentiles.of(new double[] {138.1}),
      Percentiles.of(new double[] {1.44}),
      Percentiles.of(new double[] {1.5, 1.4}));

  @Test
  void printsEveryLineInItsPlace() {
    ServingOptions options = ServingWords.options(List.of("--preset", "minicpm-1k-1k-c1"));

    String text =
        ServingText.of(new ServingRun(options, List.of(), FIGURES, MissingNode.getInstance()));

    assertEquals("""

        ============ Serving Benchmark Result ============
        Backend:                                 sglang    #
        Traffic request rate:                    inf       #
        Max request concurrency:                 1         #
        Successful requests:                     10        #
        Benchmark duration (s):                  7.47      #
        Total input tokens:                      6101      #
        Total input text tokens:                 6101      #
        Total generated tokens:                  4220      #
        Total generated tokens (retokenized):    4218      #
        Request throughput (req/s):              1.34      #
        Input token throughput (tok/s):          816.42    #
        Output token throughput (tok/s):         564.71    #
        Peak output token throughput (tok/s):    690.00    #
        Peak concurrent requests:                2         #
        Total token throughput (tok/s):          1381.12   #
        Concurrency:                             1.00      #
        ----------------End-to-End Latency----------------
        Mean E2E Latency (ms):                   746.00    #
        Median E2E Latency (ms):                 746.00    #
        P90 E2E Latency (ms):                    746.00    #
        P99 E2E Latency (ms):                    746.00    #
        ---------------Time to First Token----------------
        Mean TTFT (ms):                          138.10    #
        Median TTFT (ms):                        138.10    #
        P99 TTFT (ms):                           138.10    #
        -----Time per Output Token (excl. 1st token)------
        Mean TPOT (ms):                          1.44      #
        Median TPOT (ms):                        1.44      #
        P99 TPOT (ms):                           1.44      #
        ---------------Inter-Token Latency----------------
        Mean ITL (ms):                           1.45      #
        Median ITL (ms):                         1.45      #
        P95 ITL (ms):                            1.50      #
        P99 ITL (ms):                            1.50      #
        Max ITL (ms):                            1.50      #
        ==================================================
        """.replace("#", ""), text);
  }

  @Test
  void showsWhatASpeculatingServerAccepted() throws Exception {
    ServingOptions options = ServingWords.options(List.of("--request-rate", "4"));
    var info =
        new ObjectMapper().readTree("{\"internal_states\":[{\"avg_spec_accept_length\":2.5}]}");

    String text = ServingText.of(new ServingRun(options, List.of(), FIGURES, info));

    assertEquals(
        List.of(
            "Traffic request rate:                    4.0       ",
            "Max request concurrency:                 not set   ",
            "Accept length:                           2.50      "),
        text.lines()
            .filter(line -> line.startsWith("Traffic")
                || line.startsWith("Max request")
                || line.startsWith("Accept"))
            .toList());
  }

  @Test
  void namesTheFileAfterWhatWasMeasured() {
    LocalDate day = LocalDate.of(2026, 3, 7);

    assertEquals(
        Path.of("sglang_0307_10_1000_1000.jsonl"),
        ServingRecord.file(ServingWords.options(List.of("--preset", "minicpm-1k-1k-c1")), day));
    assertEquals(
        Path.of("vllm_0307_1000_sharegpt.jsonl"),
        ServingRecord.file(ServingWords.options(List.of("--backend", "vllm")), day));
  }
}
