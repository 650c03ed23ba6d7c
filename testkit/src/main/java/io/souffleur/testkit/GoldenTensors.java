package io.souffleur.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * F32, U8 and I32 tensors of a small safetensors file, read into arrays of floats.
 *
 * <p>Knows nothing of the checks that model files need: golden files are ours.
 */
public final class GoldenTensors {
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, int[]> shapes = new LinkedHashMap<>();

  private GoldenTensors() {}

  public static GoldenTensors read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int headerBytes = Math.toIntExact(bytes.getLong(0));
    String header = new String(bytes.array(), Long.BYTES, headerBytes, StandardCharsets.UTF_8);
    var tensors = new GoldenTensors();
    for (Map.Entry<String, JsonNode> field : new JsonMapper().readTree(header).properties()) {
      if (field.getValue().has("dtype")) {
        tensors.add(field.getKey(), field.getValue(), bytes, Long.BYTES + headerBytes);
      }
    }
    return tensors;
  }

  private void add(String name, JsonNode entry, ByteBuffer bytes, int dataStart) {
    int begin = dataStart + entry.get("data_offsets").get(0).asInt();
    int end = dataStart + entry.get("data_offsets").get(1).asInt();
    ByteBuffer data = bytes.slice(begin, end - begin).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = switch (entry.path("dtype").asText()) {
      case "F32" -> floats(data, Float.BYTES, at -> data.getFloat(at));
      case "I32" -> floats(data, Integer.BYTES, at -> data.getInt(at));
      case "U8" -> floats(data, 1, at -> data.get(at) & 0xff);
      default -> null;
    };
    if (floats == null) {
      return;
    }
    int[] shape = new int[entry.get("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = entry.get("shape").get(i).asInt();
    }
    values.put(name, floats);
    shapes.put(name, shape);
  }

  private interface Element {
    float at(int byteOffset);
  }

  private static float[] floats(ByteBuffer data, int bytes, Element element) {
    float[] floats = new float[data.capacity() / bytes];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = element.at(i * bytes);
    }
    return floats;
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** All elements of {@code name}, row-major. */
  public float[] floats(String name) {
    if (!has(name)) {
      throw new IllegalArgumentException("no golden tensor " + name);
    }
    return values.get(name).clone();
  }

  public int[] shape(String name) {
    if (!has(name)) {
      throw new IllegalArgumentException("no golden tensor " + name);
    }
    return shapes.get(name).clone();
  }
}
