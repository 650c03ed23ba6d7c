package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.souffleur.clusterconfig.Version;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a figure must be read with: machine, JVM, build.
 *
 * @param cpu model as the system names it
 * @param cores usable ones
 * @param memoryBytes of the machine or container
 * @param loadAverage of the last minute when the run began; negative when not told
 * @param commit of the checkout that the launcher stands in, with {@code -dirty} when it was changed;
 *     {@code unknown} outside one
 */
record Surroundings(
    String cpu, int cores, long memoryBytes, double loadAverage, String commit, Instant time) {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final String UNKNOWN = "unknown";
  private static final long GIT_SECONDS_MAX = 5;

  static Surroundings here() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Surroundings(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize(),
        system.getSystemLoadAverage(),
        commitOf(System.getProperty("souffleur.home", "")),
        Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private static String cpuModel() {
    if (!Files.isReadable(CPUINFO)) {
      return System.getProperty("os.arch");
    }
    try (Stream<String> lines = Files.lines(CPUINFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException untold) {
      return System.getProperty("os.arch");
    }
  }

  private static String commitOf(String home) {
    if (home.isEmpty()) {
      return UNKNOWN;
    }
    try {
      Process git = new ProcessBuilder(
              "git", "-C", home, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      String text = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      boolean ended = git.waitFor(GIT_SECONDS_MAX, TimeUnit.SECONDS);
      return ended && git.exitValue() == 0 && !text.isEmpty() ? text : UNKNOWN;
    } catch (IOException noGit) {
      return UNKNOWN;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }

  ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("time", time.toString());
    node.put("version", Version.text());
    node.put("commit", commit);
    node.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
    node.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    node.put("cpu", cpu);
    node.put("cores", cores);
    node.put("memory_bytes", memoryBytes);
    node.put("load_average", loadAverage);
    return node;
  }
}
