package io.souffleur.models.weight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The safetensors files of a model folder: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} names. Mapped until {@link #close()}; tensors are views of the
 * mapping.
 */
public final class SafeTensors implements WeightSource {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final int SHARDS_MAX = 4_096;
  private static final long INDEX_BYTES_MAX = 64L << 20;

  private record Located(SafeTensorsFile file, SafeTensorsFile.Entry entry) {}

  private final List<SafeTensorsFile> files;
  private final Map<String, Located> tensors = new LinkedHashMap<>();

  private SafeTensors(List<SafeTensorsFile> files) {
    this.files = files;
    for (SafeTensorsFile file : files) {
      file.entries().forEach((name, entry) -> tensors.put(name, new Located(file, entry)));
    }
  }

  /** Opens the weight files of {@code folder}; an index wins over a single file. */
  public static SafeTensors open(Path folder) throws IOException {
    Path index = folder.resolve(INDEX);
    if (Files.isRegularFile(index)) {
      return openShards(folder, index);
    }
    if (!Files.isRegularFile(folder.resolve(SINGLE))) {
      throw new InvalidModelException(
          "model folder " + folder + " has neither " + SINGLE + " nor " + INDEX);
    }
    return openFile(folder.resolve(SINGLE));
  }

  /** Opens one file of any name. */
  public static SafeTensors openFile(Path file) throws IOException {
    return new SafeTensors(List.of(SafeTensorsFile.open(file)));
  }

  private static SafeTensors openShards(Path folder, Path index) throws IOException {
    Map<String, String> shardOf = readIndex(index);
    List<SafeTensorsFile> files = new ArrayList<>();
    try {
      Map<String, SafeTensorsFile> byName = new TreeMap<>();
      for (String shard : new TreeSet<>(shardOf.values())) {
        SafeTensorsFile file = SafeTensorsFile.open(folder.resolve(shard));
        files.add(file);
        byName.put(shard, file);
      }
      for (Map.Entry<String, String> entry : shardOf.entrySet()) {
        if (!byName.get(entry.getValue()).entries().containsKey(entry.getKey())) {
          throw new InvalidModelException(index + " says that tensor " + entry.getKey()
              + " lies in " + entry.getValue() + ", which does not have it");
        }
      }
      refuseDoubles(files);
      return new SafeTensors(files);
    } catch (IOException | RuntimeException failure) {
      files.forEach(SafeTensorsFile::close);
      throw failure;
    }
  }

  private static void refuseDoubles(List<SafeTensorsFile> files) throws InvalidModelException {
    Map<String, Path> seen = new TreeMap<>();
    for (SafeTensorsFile file : files) {
      for (String name : file.entries().keySet()) {
        Path other = seen.put(name, file.path());
        if (other != null) {
          throw new InvalidModelException(
              "tensor " + name + " lies in both " + other + " and " + file.path());
        }
      }
    }
  }

  private static Map<String, String> readIndex(Path index) throws IOException {
    if (Files.size(index) > INDEX_BYTES_MAX) {
      throw new InvalidModelException(index + " is larger than " + INDEX_BYTES_MAX + " B");
    }
    JsonNode map;
    try {
      map = new JsonMapper().readTree(Files.readAllBytes(index)).path("weight_map");
    } catch (JsonProcessingException failure) {
      throw new InvalidModelException(
          index + " is not valid JSON: " + failure.getOriginalMessage(), failure);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw new InvalidModelException(index + " has no weight_map object");
    }
    Map<String, String> shardOf = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : map.properties()) {
      String shard = field.getValue().asText();
      if (!shard.endsWith(".safetensors")
          || shard.contains("/")
          || shard.contains("\\")
          || shard.indexOf('\0') >= 0) {
        throw new InvalidModelException(index + ": tensor " + field.getKey() + " lies in '" + shard
            + "', must be a .safetensors file of the same folder");
      }
      shardOf.put(field.getKey(), shard);
    }
    if (new TreeSet<>(shardOf.values()).size() > SHARDS_MAX) {
      throw new InvalidModelException(index + " names more than " + SHARDS_MAX + " files");
    }
    return shardOf;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  @Override
  public DType dtype(String name) throws InvalidModelException {
    Located located = located(name);
    DType dtype = SafeTensorsFile.known(located.entry().dtype());
    if (dtype != DType.F32 && dtype != DType.BF16 && dtype != DType.F16) {
      throw new InvalidModelException(located.file().path() + ": tensor " + name + " is "
          + located.entry().dtype() + ", must be F32, BF16 or F16");
    }
    return dtype;
  }

  @Override
  public Tensor tensor(String name, Arena scratch, long... dims) throws InvalidModelException {
    DType dtype = dtype(name);
    Tensor tensor = view(name, dtype);
    if (!tensor.shape().equals(Shape.of(dims))) {
      throw new InvalidModelException(located(name).file().path() + ": tensor " + name + " is "
          + tensor.shape() + ", the config asks for " + Shape.of(dims));
    }
    return tensor;
  }

  /** The tensor {@code name} in the shape and type of the file, any type of {@link DType}. */
  public Tensor stored(String name) throws InvalidModelException {
    DType dtype = SafeTensorsFile.known(located(name).entry().dtype());
    if (dtype == null) {
      throw new InvalidModelException(located(name).file().path() + ": tensor " + name
          + " has the unknown type " + located(name).entry().dtype());
    }
    return view(name, dtype);
  }

  private Tensor view(String name, DType dtype) throws InvalidModelException {
    Located located = located(name);
    SafeTensorsFile.Entry entry = located.entry();
    return new Tensor(
        located.file().memory().asSlice(entry.begin(), entry.end() - entry.begin()),
        dtype,
        entry.shape());
  }

  private Located located(String name) throws InvalidModelException {
    Located located = tensors.get(name);
    if (located == null) {
      throw new InvalidModelException("tensor " + name + " is missing in "
          + (files.size() == 1
              ? files.getFirst().path()
              : files.size() + " weight files of " + files.getFirst().path().getParent()));
    }
    return located;
  }

  @Override
  public boolean mapped() {
    return true;
  }

  @Override
  public String contentDigest(DigestMemory memory, Progress progress) throws IOException {
    List<Optional<String>> known = new ArrayList<>();
    long unread = 0;
    for (SafeTensorsFile file : files) {
      known.add(memory.recall(file.path()));
      unread += known.getLast().isPresent() ? 0 : file.memory().byteSize();
    }
    var digest = new ContentDigest();
    long read = 0;
    for (int i = 0; i < files.size(); i++) {
      SafeTensorsFile file = files.get(i);
      if (known.get(i).isPresent()) {
        digest.add(known.get(i).get());
      } else {
        String content = ContentDigest.of(file.memory(), read, unread, progress);
        memory.remember(file.path(), content);
        digest.add(content);
        read += file.memory().byteSize();
      }
    }
    return digest.hex();
  }

  @Override
  public long fileBytes() {
    return files.stream().mapToLong(f -> f.memory().byteSize()).sum();
  }

  @Override
  public void close() {
    files.forEach(SafeTensorsFile::close);
  }
}
