package io.souffleur.clusterconfig.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Asks the driver's own tool for GPUs. */
final class Gpus {
  /** A driver that does not answer within this time is as good as none. */
  static final long ANSWER_SECONDS_MAX = 10;

  private final List<String> command;

  Gpus() {
    this(List.of(
        "nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"));
  }

  Gpus(List<String> command) {
    this.command = List.copyOf(command);
  }

  Finding finding() {
    return new Finding("GPU", text());
  }

  private String text() {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return "none found";
    }
    try {
      process.getOutputStream().close();
      if (!process.waitFor(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return command.getFirst() + " did not answer in " + ANSWER_SECONDS_MAX + " s";
      }
      String answer =
          new String(process.getInputStream().readNBytes(1 << 16), StandardCharsets.UTF_8).strip();
      if (process.exitValue() != 0 || answer.isEmpty()) {
        return "none usable: " + answer.lines().findFirst().orElse("no answer from the driver");
      }
      return answer.lines().collect(Collectors.joining("; ")) + " (not used: this build computes on"
          + " the CPU)";
    } catch (IOException e) {
      return "none found: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "not asked: interrupted";
    }
  }
}
