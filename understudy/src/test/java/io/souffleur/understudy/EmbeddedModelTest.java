package io.souffleur.understudy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedModelTest {
  /** What the repository may carry for the embedded model. */
  private static final long BYTES_MAX = 10L << 20;

  @TempDir
  Path cacheRoot;

  @Test
  void unpacksACompleteCheckpointAndNothingElse() throws IOException {
    Path folder = EmbeddedModel.unpack(cacheRoot);

    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files.map(f -> f.getFileName().toString()).sorted().toList();
      assertEquals(EmbeddedModel.FILES.stream().sorted().toList(), names);
    }
  }

  @Test
  void unpacksOnce() throws IOException {
    Path first = EmbeddedModel.unpack(cacheRoot);
    var written = Files.getLastModifiedTime(first.resolve("model.safetensors"));

    Path second = EmbeddedModel.unpack(cacheRoot);

    assertEquals(first, second);
    assertEquals(written, Files.getLastModifiedTime(second.resolve("model.safetensors")));
  }

  @Test
  void staysWithinItsSize() throws IOException {
    Path folder = EmbeddedModel.unpack(cacheRoot);

    long bytes = 0;
    for (String file : EmbeddedModel.FILES) {
      bytes += Files.size(folder.resolve(file));
    }
    assertTrue(bytes <= BYTES_MAX, bytes + " B");
  }
}
