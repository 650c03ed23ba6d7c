package io.souffleur.kernels.nativecpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed binaries are those of the committed sources. */
class NativeSourcesTest {
  private static final Path SOURCES = Path.of("src/main/c");
  private static final Path BINARIES =
      Path.of("src/main/resources/io/souffleur/kernels/native/linux-x86_64");
  private static final String COMPILER = "gcc (Debian 12.2.0";

  @Test
  void binariesWereRebuiltAfterTheLastChangeOfTheSources() throws Exception {
    StringBuilder listing = new StringBuilder();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      List<String> names = files
          .filter(Files::isRegularFile)
          .map(file -> "./" + SOURCES.relativize(file))
          .sorted()
          .toList();
      for (String name : names) {
        listing.append(sha256(Files.readAllBytes(SOURCES.resolve(name))));
        listing.append("  ").append(name).append('\n');
      }
    }
    assertEquals(
        Files.readString(BINARIES.resolve("sources.sha256")).strip(),
        sha256(listing.toString().getBytes(StandardCharsets.UTF_8)),
        "C sources changed: run kernels/build-natives.sh");
  }

  @Test
  void aRebuildGivesTheCommittedBytes(@TempDir Path fresh) throws Exception {
    String version = compilerVersion();
    assumeTrue(
        version.startsWith(COMPILER),
        "equal bytes are promised for gcc 12.2 of Debian 12 only, here is: " + version);
    run(fresh.resolve("build.log"), "bash", "build-natives.sh", fresh.toString());
    for (InstructionForm form : InstructionForm.values()) {
      String file = form.label() + ".so";
      assertEquals(
          -1L, Files.mismatch(BINARIES.resolve(file), fresh.resolve(file)), file + " differs");
    }
  }

  private static String compilerVersion() throws InterruptedException {
    try {
      Process gcc =
          new ProcessBuilder("gcc", "--version").redirectErrorStream(true).start();
      String output = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      gcc.waitFor(10, TimeUnit.SECONDS);
      return output.lines().findFirst().orElse("nothing");
    } catch (IOException e) {
      return "no gcc";
    }
  }

  private static void run(Path log, String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    assertEquals(
        0,
        ended ? process.exitValue() : -1,
        () -> String.join(" ", command) + " failed, see " + log);
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
