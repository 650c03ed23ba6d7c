package io.souffleur.models.weight;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.models.InvalidModelException;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.MappedFile;
import io.souffleur.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One mapped safetensors file.
 *
 * <pre>
 *   0        8              8 + n
 *   | n, u64 | JSON header  | tensor data …                |   offsets count from 8 + n
 *   {"name": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [begin, end]}, "__metadata__": …}
 * </pre>
 *
 * <p>The header is checked completely before any tensor is used: limits, types, offsets inside the
 * file, sizes that fit shape and dtype, no overlaps. Mapped until {@link #close()}.
 */
final class SafeTensorsFile implements AutoCloseable {
  static final long HEADER_BYTES_MAX = 100L << 20;
  static final int TENSORS_MAX = 100_000;
  static final int NAME_CHARS_MAX = 1_024;
  static final int RANK_MAX = 8;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** @param begin first byte in the file, {@code end} the byte after the last */
  record Entry(String name, String dtype, Shape shape, long begin, long end) {}

  private final MappedFile file;
  private final Map<String, Entry> entries;

  private SafeTensorsFile(MappedFile file, Map<String, Entry> entries) {
    this.file = file;
    this.entries = entries;
  }

  static SafeTensorsFile open(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new InvalidModelException("weight file " + path + " does not exist");
    }
    MappedFile file = MappedFile.openReadOnly(path);
    try {
      return new SafeTensorsFile(file, readHeader(path, file.memory()));
    } catch (IOException | RuntimeException failure) {
      file.close();
      throw failure;
    }
  }

  private static Map<String, Entry> readHeader(Path path, MemorySegment memory)
      throws InvalidModelException {
    if (memory.byteSize() < Long.BYTES) {
      throw new InvalidModelException(
          path + " has " + memory.byteSize() + " B, too few for a safetensors file");
    }
    long bytes = memory.get(LENGTH, 0);
    if (bytes < 2 || bytes > HEADER_BYTES_MAX) {
      throw new InvalidModelException(path + " is not a safetensors file: its header length is "
          + Long.toUnsignedString(bytes) + " B, allowed are 2 to " + HEADER_BYTES_MAX + " B");
    }
    if (bytes > memory.byteSize() - Long.BYTES) {
      throw new InvalidModelException(path + " is truncated: its header needs "
          + (bytes + Long.BYTES) + " B, the file has " + memory.byteSize() + " B");
    }
    JsonNode header;
    try {
      header = MAPPER.readTree(memory.asSlice(Long.BYTES, bytes).toArray(ValueLayout.JAVA_BYTE));
    } catch (JsonProcessingException failure) {
      throw new InvalidModelException(
          path + " has a header that is not valid JSON: " + failure.getOriginalMessage(), failure);
    } catch (IOException failure) {
      throw new InvalidModelException(path + " has an unreadable header", failure);
    }
    if (!header.isObject() || header.size() > TENSORS_MAX) {
      throw new InvalidModelException(
          path + " has a header that is not an object of at most " + TENSORS_MAX + " tensors");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (!field.getKey().equals("__metadata__")) {
        entries.put(
            field.getKey(),
            entry(path, field.getKey(), field.getValue(), Long.BYTES + bytes, memory.byteSize()));
      }
    }
    refuseOverlaps(path, List.copyOf(entries.values()));
    return entries;
  }

  private static Entry entry(Path path, String name, JsonNode node, long dataStart, long fileBytes)
      throws InvalidModelException {
    if (name.length() > NAME_CHARS_MAX) {
      throw new InvalidModelException(path + " has a tensor name of " + name.length()
          + " characters, at most " + NAME_CHARS_MAX + " are allowed");
    }
    JsonNode dims = node.path("shape");
    JsonNode offsets = node.path("data_offsets");
    if (!node.path("dtype").isTextual()
        || !dims.isArray()
        || dims.size() > RANK_MAX
        || offsets.size() != 2
        || !wholeNumbers(dims)
        || !wholeNumbers(offsets)) {
      throw new InvalidModelException(path + ": tensor " + name
          + " needs dtype, a shape of at most " + RANK_MAX + " whole numbers and two data_offsets");
    }
    long begin = offsets.get(0).asLong();
    long end = offsets.get(1).asLong();
    if (begin > end || end > fileBytes - dataStart) {
      throw new InvalidModelException(path + ": tensor " + name + " lies at bytes " + begin + " to "
          + end + " of the data, the file has " + (fileBytes - dataStart)
          + " B of data: it is truncated or its header is wrong");
    }
    String dtype = node.get("dtype").asText();
    Shape shape = shape(path, name, dims);
    checkSize(path, name, dtype, shape, end - begin);
    return new Entry(name, dtype, shape, dataStart + begin, dataStart + end);
  }

  private static boolean wholeNumbers(JsonNode list) {
    for (JsonNode item : list) {
      if (!item.isIntegralNumber() || !item.canConvertToLong() || item.asLong() < 0) {
        return false;
      }
    }
    return true;
  }

  private static Shape shape(Path path, String name, JsonNode dims) throws InvalidModelException {
    long[] extents = new long[dims.size()];
    for (int i = 0; i < extents.length; i++) {
      extents[i] = dims.get(i).asLong();
    }
    try {
      return Shape.of(extents);
    } catch (ArithmeticException failure) {
      throw new InvalidModelException(
          path + ": tensor " + name + " has the impossible shape " + dims, failure);
    }
  }

  /** Types unknown here are left to whoever asks for the tensor. */
  private static void checkSize(Path path, String name, String dtype, Shape shape, long found)
      throws InvalidModelException {
    DType known = known(dtype);
    if (known == null) {
      return;
    }
    long expected;
    try {
      expected = known.bytes(shape.elements());
    } catch (ArithmeticException failure) {
      throw new InvalidModelException(
          path + ": tensor " + name + " has the impossible shape " + shape, failure);
    }
    if (expected != found) {
      throw new InvalidModelException(path + ": tensor " + name + " " + dtype + " " + shape
          + " needs " + expected + " B, its offsets span " + found + " B");
    }
  }

  /** The element type named {@code dtype}, or null. */
  static DType known(String dtype) {
    for (DType known : DType.values()) {
      if (known.name().equals(dtype)) {
        return known;
      }
    }
    return null;
  }

  private static void refuseOverlaps(Path path, List<Entry> entries) throws InvalidModelException {
    List<Entry> ordered = entries.stream()
        .filter(e -> e.end() > e.begin())
        .sorted(Comparator.comparingLong(Entry::begin))
        .toList();
    for (int i = 1; i < ordered.size(); i++) {
      if (ordered.get(i).begin() < ordered.get(i - 1).end()) {
        throw new InvalidModelException(path + ": tensors " + ordered.get(i - 1).name() + " and "
            + ordered.get(i).name() + " overlap");
      }
    }
  }

  Path path() {
    return file.path();
  }

  Map<String, Entry> entries() {
    return entries;
  }

  MemorySegment memory() {
    return file.memory();
  }

  @Override
  public void close() {
    file.close();
  }
}
