package io.souffleur.clusterconfig.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.conformance.Row.Verdict;
import io.souffleur.testkit.GoldenFolders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConformanceRunnerTest {
  @TempDir
  Path temporary;

  private static List<Row> run(String backend, Path... paths) throws IOException {
    return new ConformanceRunner().run(List.of(paths), backend);
  }

  private static void assertAllPass(List<Row> rows, int cases) {
    assertEquals(
        List.of(), rows.stream().filter(r -> r.verdict() == Verdict.FAILED).toList());
    assertEquals(cases, rows.stream().filter(r -> r.verdict() == Verdict.PASSED).count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text-untied", "text-tied", "text-tied-bf16"})
  void textModelsPassOnTheChosenKernels(String folder) throws IOException {
    List<Row> rows = run("auto", GoldenFolders.path(folder));
    assertAllPass(rows, 19);
    assertEquals(3, rows.stream().filter(r -> r.bf16().endsWith(" %")).count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "reference"})
  void aModelWithoutRecurrentLayersPasses(String backend) throws IOException {
    assertAllPass(run(backend, GoldenFolders.path("text-qwen3")), 7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "reference"})
  void operationsPass(String backend) throws IOException {
    assertAllPass(run(backend, GoldenFolders.path("ops")), 17);
  }

  @Test
  void aWholeModelPassesOnTheReferenceKernels() throws IOException {
    assertAllPass(run("reference", GoldenFolders.path("text-tied")), 19);
  }

  @Test
  void conversationsPass() throws IOException {
    assertAllPass(run("auto", GoldenFolders.path("chat")), 26);
  }

  @Test
  void parserVectorsPass() throws IOException {
    assertAllPass(run("auto", GoldenFolders.path("parsers")), 25);
  }

  @Test
  void aFolderOfGoldenFoldersStandsForAllOfThem() throws IOException {
    GoldenFolders.copyOf("ops", temporary.resolve("ops"));
    GoldenFolders.copyOf("chat", temporary.resolve("text").resolve("chat"));
    assertAllPass(run("reference", temporary), 43);
  }

  @Test
  void aModelWithPicturesIsSkippedWithItsReason() throws IOException {
    Path folder = GoldenFolders.copyOf("text-tied", temporary.resolve("vlm"));
    Files.writeString(folder.resolve("config.json"), "{\"vision_config\": {}}");
    Row row = run("reference", folder).getFirst();
    assertEquals(Verdict.SKIPPED, row.verdict());
    assertTrue(row.note().contains("vision tower"), row.note());
  }

  @Test
  void aWrongModelFailsAndEndsWithCodeOne() throws Exception {
    Path folder = GoldenFolders.copyOf("text-tied", temporary.resolve("model"));
    try (var file = new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.seek(file.length() - 1000);
      file.write(new byte[1000]);
    }
    var printed = new ByteArrayOutputStream();
    int code = ConformanceRunner.runAndPrint(
        List.of(folder), "reference", new PrintStream(printed, true, StandardCharsets.UTF_8));
    String table = printed.toString(StandardCharsets.UTF_8);
    assertEquals(1, code, table);
    assertTrue(table.contains("failed"), table);
    assertFalse(table.contains(" 0 failed"), table);
  }

  @Test
  void aDifferentRenderingNamesTheCharacter() throws IOException {
    Path folder = GoldenFolders.copyOf("chat", temporary.resolve("chat"));
    Path template = folder.resolve("template_minicpmv46.jinja");
    Files.writeString(template, "x" + Files.readString(template));
    Row first = run("auto", folder).getFirst();
    assertEquals(Verdict.FAILED, first.verdict());
    assertTrue(first.note().startsWith("at character 0 expected '<|im_start|>"), first.note());
  }

  @Test
  void unknownDataIsRefusedWithOneSentence() throws IOException {
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    Path text = Files.writeString(temporary.resolve("note.txt"), "hello");
    for (Path path : List.of(empty, text, temporary.resolve("nowhere"))) {
      String message = assertThrows(
              LaunchError.class,
              () -> ConformanceRunner.runAndPrint(List.of(path), "auto", System.out))
          .getMessage();
      assertTrue(message.contains(path.toString()), message);
      assertFalse(message.contains("\n"), message);
    }
  }

  @Test
  void anUnknownKernelSetIsRefusedByName() {
    String message = assertThrows(
            LaunchError.class,
            () -> ConformanceRunner.runAndPrint(
                List.of(GoldenFolders.path("ops")), "abacus", System.out))
        .getMessage();
    assertTrue(message.contains("'abacus'") && message.contains("reference"), message);
  }
}
