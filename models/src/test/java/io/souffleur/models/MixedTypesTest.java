package io.souffleur.models;

import static io.souffleur.models.GoldenModel.flat;
import static io.souffleur.testkit.TensorAssertions.assertSameBits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.tensor.Bf16;
import io.souffleur.testkit.GoldenFolders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each tensor is read by the type in its own header entry, also inside one fused matrix. */
class MixedTypesTest {
  private static final String PROVIDERS = "io.souffleur.models.GoldenModel#readyProviders";

  @TempDir
  Path temporary;

  private static float[] logits(Path folder, String provider, ComputeType computeType)
      throws IOException {
    try (var kernels = KernelProviders.choose(provider).open(1);
        var decoder = new ModelLoader(LoadFormat.SAFETENSORS)
            .load(folder, kernels, computeType, PanelStore.inMemory(), Progress.NONE);
        var run = new SoloRun(decoder, 1, 32, 16, 32)) {
      return flat(run.append(0, 5, 17, 120, 3, 99, 200, 1));
    }
  }

  /** A copy of {@code text-tied-bf16} in which every tensor has the type that {@code typeOf} says. */
  private Path retyped(String name, Function<String, String> typeOf) throws IOException {
    Path folder = GoldenFolders.copyOf("text-tied-bf16", temporary.resolve(name));
    Path file = folder.resolve("model.safetensors");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int headerBytes = Math.toIntExact(bytes.getLong(0));
    JsonNode header = new JsonMapper()
        .readTree(new String(bytes.array(), 8, headerBytes, StandardCharsets.UTF_8));
    ByteBuffer data = ByteBuffer.allocate(4 * bytes.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    List<String> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (!field.getKey().equals("__metadata__")) {
        int begin = data.position();
        int from = 8 + headerBytes + field.getValue().get("data_offsets").get(0).asInt();
        int to = 8 + headerBytes + field.getValue().get("data_offsets").get(1).asInt();
        String type = typeOf.apply(field.getKey());
        for (int at = from; at < to; at += 2) {
          put(data, type, bytes.getShort(at));
        }
        String shape = field.getValue().get("shape").toString();
        entries.add(SafeTensorsWriter.entry(field.getKey(), type, shape, begin, data.position()));
      }
    }
    byte[] text = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
    byte[] used = java.util.Arrays.copyOf(data.array(), data.position());
    SafeTensorsWriter.write(file, text.length, text, used);
    return folder;
  }

  private static void put(ByteBuffer data, String type, short bf16) {
    float value = Bf16.toFloat(bf16);
    switch (type) {
      case "F32" -> data.putFloat(value);
      case "F16" -> data.putShort(Float.floatToFloat16(value));
      default -> data.putShort(bf16);
    }
  }

  @ParameterizedTest
  @MethodSource(PROVIDERS)
  void mixedF32AndBf16GiveTheBitsOfBf16(String provider) throws IOException {
    Path mixed = retyped(
        "mixed",
        name -> name.contains("k_proj")
                || name.contains("A_log")
                || name.contains("in_proj_z")
                || name.contains("norm.weight")
                || name.contains("up_proj")
            ? "F32"
            : "BF16");
    for (ComputeType type : List.of(ComputeType.FLOAT32, ComputeType.BFLOAT16)) {
      assertSameBits(
          "logits in " + type,
          logits(GoldenFolders.path("text-tied-bf16"), provider, type),
          logits(mixed, provider, type));
    }
  }

  @ParameterizedTest
  @MethodSource(PROVIDERS)
  void f16IsWidenedExactly(String provider) throws IOException {
    Path f16 = retyped("f16", name -> "F16");
    float[] narrow = logits(f16, provider, ComputeType.AUTO);
    Path file = f16.resolve("model.safetensors");
    Path widened = GoldenFolders.copyOf("text-tied-bf16", temporary.resolve("widened"));
    widen(file, widened.resolve("model.safetensors"));
    assertSameBits("logits", logits(widened, provider, ComputeType.AUTO), narrow);
  }

  /** Writes the values of an all-F16 file as F32. */
  private static void widen(Path f16, Path f32) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(f16)).order(ByteOrder.LITTLE_ENDIAN);
    int headerBytes = Math.toIntExact(bytes.getLong(0));
    JsonNode header = new JsonMapper()
        .readTree(new String(bytes.array(), 8, headerBytes, StandardCharsets.UTF_8));
    ByteBuffer data = ByteBuffer.allocate(2 * (bytes.capacity() - 8 - headerBytes))
        .order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 8 + headerBytes; at < bytes.capacity(); at += 2) {
      data.putFloat(Float.float16ToFloat(bytes.getShort(at)));
    }
    List<String> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      JsonNode offsets = field.getValue().get("data_offsets");
      entries.add(SafeTensorsWriter.entry(
          field.getKey(),
          "F32",
          field.getValue().get("shape").toString(),
          2 * offsets.get(0).asLong(),
          2 * offsets.get(1).asLong()));
    }
    byte[] text = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
    SafeTensorsWriter.write(f32, text.length, text, data.array());
  }
}
