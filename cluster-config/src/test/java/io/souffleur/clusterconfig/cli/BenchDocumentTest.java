package io.souffleur.clusterconfig.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BenchDocumentTest {
  @Test
  void documentNamesEveryFlagAndPreset() throws IOException {
    Path document = Path.of("").toAbsolutePath().getParent().resolve("docs").resolve("bench.md");
    String text = Files.readString(document);
    Stream<String> flags = Stream.concat(
            ServingFlags.TABLE.sections().stream(),
            LatencyFlags.TABLE.sections().stream().limit(1))
        .flatMap(section -> section.flags().stream())
        .map(Flag::name);

    List<String> missing = Stream.concat(flags, Stream.of(ServingPreset.names()))
        .filter(name -> !text.matches("(?s).*" + name + "[^a-z0-9-].*"))
        .toList();

    assertEquals(List.of(), missing, "not in " + document);
  }
}
