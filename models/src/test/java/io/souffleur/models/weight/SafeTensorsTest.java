package io.souffleur.models.weight;

import static io.souffleur.models.SafeTensorsWriter.entry;
import static io.souffleur.models.SafeTensorsWriter.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
  @TempDir
  Path folder;

  private String refusal(String header, int dataBytes) throws IOException {
    write(folder.resolve("model.safetensors"), header, dataBytes);
    String message = assertThrows(InvalidModelException.class, () -> SafeTensors.open(folder))
        .getMessage();
    assertFalse(message.contains("\n"), message);
    assertTrue(message.contains("model.safetensors"), message);
    return message;
  }

  private static void assertHas(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "'" + part + "' in: " + message);
    }
  }

  @Test
  void readsTensorsByTheirOwnType() throws IOException {
    String header = "{\"__metadata__\":{\"format\":\"pt\"}," + entry("a", "F32", "[2,3]", 0, 24)
        + "," + entry("b", "BF16", "[4]", 24, 32) + "}";
    write(folder.resolve("model.safetensors"), header, 32);
    try (var tensors = SafeTensors.open(folder);
        Arena arena = Arena.ofConfined()) {
      assertEquals(List.of("a", "b"), List.copyOf(tensors.names()));
      assertEquals(DType.F32, tensors.tensor("a", arena, 2, 3).dtype());
      assertEquals(DType.BF16, tensors.tensor("b", arena, 4).dtype());
      assertEquals(Files.size(folder.resolve("model.safetensors")), tensors.fileBytes());
    }
  }

  @Test
  void refusesAFolderWithoutWeights() {
    String message = assertThrows(InvalidModelException.class, () -> SafeTensors.open(folder))
        .getMessage();
    assertHas(message, folder.toString(), "model.safetensors", "model.safetensors.index.json");
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    String message = refusal("{" + entry("w", "F32", "[4]", 0, 16) + "}", 15);
    assertHas(message, "tensor w", "bytes 0 to 16", "15 B", "truncated");
  }

  @Test
  void refusesATruncatedHeader() throws IOException {
    write(folder.resolve("model.safetensors"), 500, new byte[100], new byte[0]);
    String message = assertThrows(InvalidModelException.class, () -> SafeTensors.open(folder))
        .getMessage();
    assertHas(message, "truncated", "508 B", "108 B");
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    Files.write(folder.resolve("model.safetensors"), new byte[0]);
    String message = assertThrows(InvalidModelException.class, () -> SafeTensors.open(folder))
        .getMessage();
    assertHas(message, "has 0 B");
  }

  @Test
  void refusesAHeaderLengthBeyondTheLimit() throws IOException {
    for (long length : new long[] {-1, 0, SafeTensorsFile.HEADER_BYTES_MAX + 1}) {
      write(folder.resolve("model.safetensors"), length, new byte[10], new byte[0]);
      String message = assertThrows(InvalidModelException.class, () -> SafeTensors.open(folder))
          .getMessage();
      assertHas(message, "header length", Long.toUnsignedString(length));
    }
  }

  @Test
  void refusesAForeignFile() throws IOException {
    Files.writeString(folder.resolve("model.safetensors"), "version https://git-lfs.example/spec");
    String message = assertThrows(InvalidModelException.class, () -> SafeTensors.open(folder))
        .getMessage();
    assertHas(message, "not a safetensors file");
  }

  @Test
  void refusesAHeaderThatIsNotJson() throws IOException {
    assertHas(refusal("{\"a\":", 0), "not valid JSON");
    assertHas(refusal("[1,2]", 0), "not an object");
  }

  @Test
  void refusesDoubleNames() throws IOException {
    String message = refusal(
        "{" + entry("w", "F32", "[1]", 0, 4) + "," + entry("w", "F32", "[1]", 4, 8) + "}", 8);
    assertHas(message, "not valid JSON", "Duplicate field 'w'");
  }

  @Test
  void refusesOverlaps() throws IOException {
    String message = refusal(
        "{" + entry("a", "F32", "[2]", 0, 8) + "," + entry("b", "F32", "[2]", 4, 12) + "}", 12);
    assertHas(message, "tensors a and b overlap");
  }

  @Test
  void refusesASizeThatDoesNotFitShapeAndType() throws IOException {
    String message = refusal("{" + entry("w", "BF16", "[2,3]", 0, 24) + "}", 24);
    assertHas(message, "tensor w BF16 [2, 3] needs 12 B", "24 B");
  }

  @Test
  void refusesImpossibleShapesAndOffsets() throws IOException {
    long big = 4_611_686_018_427_387_904L;
    assertHas(
        refusal("{" + entry("w", "F32", "[" + big + "," + big + "]", 0, 8) + "}", 8),
        "impossible shape");
    assertHas(refusal("{" + entry("w", "F32", "[-1]", 0, 4) + "}", 4), "whole numbers");
    assertHas(refusal("{" + entry("w", "F32", "[1]", 4, 0) + "}", 4), "bytes 4 to 0");
    assertHas(refusal("{\"w\":{\"dtype\":\"F32\"}}", 4), "tensor w needs dtype");
    assertHas(refusal("{" + entry("w", "F32", "[1,1,1,1,1,1,1,1,1]", 0, 4) + "}", 4), "at most 8");
  }

  @Test
  void refusesLongNames() throws IOException {
    String name = "n".repeat(SafeTensorsFile.NAME_CHARS_MAX + 1);
    assertHas(refusal("{" + entry(name, "F32", "[1]", 0, 4) + "}", 4), "1025 characters");
  }

  @Test
  void refusesTooManyTensors() throws IOException {
    var header = new StringBuilder("{");
    for (int i = 0; i <= SafeTensorsFile.TENSORS_MAX; i++) {
      header.append(i == 0 ? "" : ",").append(entry("t" + i, "F32", "[0]", 0, 0));
    }
    assertHas(refusal(header.append("}").toString(), 0), "at most 100000 tensors");
  }

  @Test
  void minimalMessageNamesShapeFoundAndAskedFor() throws IOException {
    write(folder.resolve("model.safetensors"), "{" + entry("w", "F32", "[2,3]", 0, 24) + "}", 24);
    try (var tensors = SafeTensors.open(folder);
        Arena arena = Arena.ofConfined()) {
      String message = assertThrows(
              InvalidModelException.class, () -> tensors.tensor("w", arena, 3, 2))
          .getMessage();
      assertHas(message, "model.safetensors", "tensor w is [2, 3]", "asks for [3, 2]");
      assertHas(
          assertThrows(InvalidModelException.class, () -> tensors.tensor("v", arena, 1))
              .getMessage(),
          "tensor v is missing in");
    }
  }

  @Test
  void refusesWeightsOfOtherTypesOnlyWhenAskedFor() throws IOException {
    write(
        folder.resolve("model.safetensors"),
        "{" + entry("w", "I64", "[1]", 0, 8) + "," + entry("x", "F4_E2M1", "[9]", 8, 13) + "}",
        13);
    try (var tensors = SafeTensors.open(folder)) {
      assertHas(
          assertThrows(InvalidModelException.class, () -> tensors.dtype("w")).getMessage(),
          "tensor w is I64, must be F32, BF16 or F16");
      assertHas(
          assertThrows(InvalidModelException.class, () -> tensors.dtype("x")).getMessage(),
          "F4_E2M1");
    }
  }

  @Test
  void refusesAnIndexThatDoesNotFitItsShards() throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(
        index, "{\"weight_map\":{\"w\":\"one.safetensors\"}}", StandardCharsets.UTF_8);
    assertHas(openRefusal(), "one.safetensors does not exist");
    write(folder.resolve("one.safetensors"), "{" + entry("v", "F32", "[1]", 0, 4) + "}", 4);
    assertHas(openRefusal(), "tensor w lies in one.safetensors, which does not have it");
    Files.writeString(index, "{\"weight_map\":{\"w\":\"../one.safetensors\"}}");
    assertHas(openRefusal(), "../one.safetensors", "same folder");
    Files.writeString(index, "{\"weight_map\":[]}");
    assertHas(openRefusal(), "no weight_map object");
    Files.writeString(index, "weight_map");
    assertHas(openRefusal(), "not valid JSON");
  }

  @Test
  void refusesATensorInTwoShards() throws IOException {
    for (String shard : List.of("one", "two")) {
      write(
          folder.resolve(shard + ".safetensors"),
          "{" + entry(shard, "F32", "[1]", 0, 4) + "," + entry("both", "F32", "[1]", 4, 8) + "}",
          8);
    }
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"one\":\"one.safetensors\",\"two\":\"two.safetensors\"}}");
    assertHas(openRefusal(), "tensor both lies in both", "one.safetensors", "two.safetensors");
  }

  private String openRefusal() {
    String message = assertThrows(InvalidModelException.class, () -> SafeTensors.open(folder))
        .getMessage();
    assertFalse(message.contains("\n"), message);
    return message;
  }

  @Test
  void contentDigestChangesWithEveryByte() throws IOException {
    Path file = folder.resolve("model.safetensors");
    write(file, "{" + entry("w", "F32", "[4]", 0, 16) + "}", 16);
    String before = digest();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 7] ^= 1;
    Files.write(file, bytes);
    assertFalse(before.equals(digest()));
    bytes[bytes.length - 7] ^= 1;
    Files.write(file, bytes);
    assertEquals(before, digest());
  }

  private String digest() throws IOException {
    try (var tensors = SafeTensors.open(folder)) {
      return tensors.contentDigest(DigestMemory.NONE, Progress.NONE);
    }
  }
}
