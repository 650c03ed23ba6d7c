package io.souffleur.clusterconfig.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.FlagParser;
import io.souffleur.clusterconfig.cli.FlagTable;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchReader;
import io.souffleur.clusterconfig.cli.UsageError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  private static String report(String... flags) throws UsageError, LaunchError {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int code = Doctor.run(
        LaunchReader.read(FlagParser.parse(FlagTable.SERVE, List.of(flags))).options(),
        new PrintStream(out, true, UTF_8));
    assertEquals(0, code);
    return out.toString(UTF_8).replaceAll(" +", " ");
  }

  @Test
  void tellsKernelsAndMemoryPlanOfTheEmbeddedModel() throws UsageError, LaunchError {
    String report = report("--backend", "reference", "--isolation", "thread");
    assertTrue(report.contains("Chosen reference (--backend reference)"), report);
    assertTrue(report.contains("Parsers reasoning qwen3, tool calls qwen3_coder"), report);
    assertTrue(report.contains("Memory plan KV cache "), report);
  }

  @Test
  void saysWhyALaunchWouldBeRefused(@TempDir Path empty) throws UsageError, LaunchError {
    String report = report("--model-path", empty.toString());
    assertTrue(report.contains("Launch would be refused: "), report);
  }
}
