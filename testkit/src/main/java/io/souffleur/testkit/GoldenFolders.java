package io.souffleur.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds the golden folders on disk; takes them out of a jar where necessary. */
public final class GoldenFolders {
  /** Folders with a model and {@code goldens.json}. */
  public static final List<String> TEXT_MODELS =
      List.of("text-untied", "text-tied", "text-tied-bf16", "text-qwen3");

  private static final String ROOT = "golden";

  private GoldenFolders() {}

  /** The folder or file {@code name}, such as {@code text-tied} or {@code chat}. */
  public static Path path(String name) {
    URL url = GoldenFolders.class.getResource(ROOT + "/" + name);
    if (url == null) {
      throw new IllegalArgumentException("no golden data named " + name);
    }
    try {
      URI uri = url.toURI();
      return uri.getScheme().equals("file") ? Path.of(uri) : unpack(uri, name);
    } catch (URISyntaxException | IOException failure) {
      throw new IllegalStateException("cannot reach golden data " + name, failure);
    }
  }

  private static Path unpack(URI uri, String name) throws IOException {
    Path target = Files.createTempDirectory("souffleur-golden").resolve(name);
    Files.createDirectories(target.getParent());
    try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
      Path source = jar.provider().getPath(uri);
      try (Stream<Path> all = Files.walk(source)) {
        all.forEach(from -> copy(from, target.resolve(source.relativize(from).toString())));
      }
    }
    return target;
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to);
      to.toFile().deleteOnExit();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Copies the folder {@code name} to {@code target}, for tests that spoil it. */
  public static Path copyOf(String name, Path target) throws IOException {
    Files.createDirectories(target);
    try (Stream<Path> files = Files.list(path(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString()));
      }
    }
    return target;
  }
}
