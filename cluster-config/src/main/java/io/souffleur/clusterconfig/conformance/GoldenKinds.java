package io.souffleur.clusterconfig.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.http.stage.conformance.VectorRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Recognises golden data by the files in it.
 *
 * <table>
 *   <tr><td>text model</td> <td>{@code goldens.json}, {@code goldens.safetensors}, {@code config.json}</td></tr>
 *   <tr><td>operations</td> <td>{@code ops.safetensors}, {@code delta_rule.safetensors}</td></tr>
 *   <tr><td>chat</td>       <td>{@code *.cases.json} and the template it names</td></tr>
 *   <tr><td>parsers</td>    <td>a {@code .json} file with {@code format} {@code parser-vectors/1}</td></tr>
 * </table>
 *
 * <p>A folder that is none of these but holds some of them, at any of the next levels, stands for all
 * of them.
 */
final class GoldenKinds {
  static final String CASES_SUFFIX = ".cases.json";
  private static final long VECTOR_BYTES_MAX = 64L << 20;

  /** How deep folders inside a given folder are looked into. */
  private static final int DEPTH_MAX = 4;

  private GoldenKinds() {}

  /** @throws IOException naming {@code path} when it is no golden data */
  static List<Suite> suites(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new IOException("golden data " + path + " does not exist");
    }
    Optional<Suite> own = suite(path);
    if (own.isPresent()) {
      return List.of(own.get());
    }
    List<Suite> inside = new ArrayList<>();
    addInside(path, inside, 1);
    if (inside.isEmpty()) {
      throw new IOException(
          path + " is no golden data that this build knows: expected a folder with"
              + " goldens.json and a text model, with ops.safetensors, or with *" + CASES_SUFFIX
              + ", or a .json file of format " + VectorRunner.FORMAT);
    }
    return inside;
  }

  private static void addInside(Path folder, List<Suite> suites, int depth) throws IOException {
    if (!Files.isDirectory(folder) || depth > DEPTH_MAX) {
      return;
    }
    for (Path child : children(folder)) {
      Optional<Suite> suite = suite(child);
      if (suite.isPresent()) {
        suites.add(suite.get());
      } else {
        addInside(child, suites, depth + 1);
      }
    }
  }

  private static Optional<Suite> suite(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return isVectorFile(path) ? Optional.of(new VectorSuite(path)) : Optional.empty();
    }
    if (hasAll(path, "goldens.json", "goldens.safetensors", "config.json")) {
      return Optional.of(hasPictures(path) ? withoutPictures(path) : new TextModelSuite(path));
    }
    if (hasAll(path, "ops.safetensors", "delta_rule.safetensors", "delta_rule.json")) {
      return Optional.of(new OpsSuite(path));
    }
    List<Path> cases =
        children(path).stream().filter(p -> p.toString().endsWith(CASES_SUFFIX)).toList();
    return cases.isEmpty() ? Optional.empty() : Optional.of(new ChatSuite(path, cases));
  }

  private static boolean hasAll(Path folder, String... names) {
    return Stream.of(names).allMatch(name -> Files.isRegularFile(folder.resolve(name)));
  }

  /** Goldens of a model with a vision tower feed it merged embeddings, not only tokens. */
  private static boolean hasPictures(Path folder) throws IOException {
    return json(folder.resolve("config.json")).hasNonNull("vision_config");
  }

  private static Suite withoutPictures(Path folder) {
    return (backend, rows) ->
        rows.accept(Row.skipped(folder.getFileName().toString(), "this build has no vision tower"));
  }

  private static boolean isVectorFile(Path file) throws IOException {
    return file.toString().endsWith(".json")
        && !file.toString().endsWith(CASES_SUFFIX)
        && Files.size(file) <= VECTOR_BYTES_MAX
        && VectorRunner.understands(json(file));
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    }
  }

  /** Reads a golden JSON file. */
  static JsonNode json(Path file) throws IOException {
    try {
      return new JsonMapper().readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException failure) {
      throw new IOException(file + " is not valid JSON: " + failure.getOriginalMessage(), failure);
    }
  }
}
