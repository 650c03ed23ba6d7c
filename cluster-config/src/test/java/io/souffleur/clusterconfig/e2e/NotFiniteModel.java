package io.souffleur.clusterconfig.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.clusterconfig.launch.CacheFolder;
import io.souffleur.understudy.EmbeddedModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A copy of the embedded model in which some tokens have embeddings that are no numbers. Its output side
 * is the embedded model's own, so every other token has the same logits as there.
 */
final class NotFiniteModel {
  /** Upper half of a bfloat16, lower half aside: quiet NaN and infinity. */
  enum Bits {
    NAN(0x7FC0),
    INFINITY(0x7F80);

    private final short bits;

    Bits(int bits) {
      this.bits = (short) bits;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WEIGHTS = "model.safetensors";
  private static final String EMBEDDING = "model.embed_tokens.weight";

  private NotFiniteModel() {}

  /** Writes the copy into {@code folder}. */
  static void write(Path folder, Map<Integer, Bits> tokens) throws IOException {
    Path source = EmbeddedModel.unpack(CacheFolder.path());
    try (var files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
    ObjectNode config = (ObjectNode) JSON.readTree(folder.resolve("config.json").toFile());
    JSON.writeValue(
        folder.resolve("config.json").toFile(), config.put("tie_word_embeddings", false));
    Files.write(
        folder.resolve(WEIGHTS), untied(Files.readAllBytes(source.resolve(WEIGHTS)), tokens));
  }

  /** The embedding once more at the end, as the head, and then spoilt where it was. */
  private static byte[] untied(byte[] file, Map<Integer, Bits> tokens) throws IOException {
    ByteBuffer old = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int headerBytes = Math.toIntExact(old.getLong(0));
    ObjectNode header = (ObjectNode) JSON.readTree(file, Long.BYTES, headerBytes);
    int data = Long.BYTES + headerBytes;
    ObjectNode embedding = (ObjectNode) header.path(EMBEDDING);
    int start = embedding.path("data_offsets").get(0).asInt();
    int end = embedding.path("data_offsets").get(1).asInt();
    int rowBytes = 2 * embedding.path("shape").get(1).asInt();
    ObjectNode head = embedding.deepCopy();
    head.putArray("data_offsets").add(file.length - data).add(file.length - data + end - start);
    header.set("lm_head.weight", head);
    byte[] words = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    int padding = Math.floorMod(-words.length, 8);
    ByteBuffer patched = ByteBuffer.allocate(
            Long.BYTES + words.length + padding + file.length - data + end - start)
        .order(ByteOrder.LITTLE_ENDIAN);
    patched
        .putLong(words.length + padding)
        .put(words)
        .put(" ".repeat(padding).getBytes(StandardCharsets.UTF_8));
    int newData = patched.position();
    patched.put(file, data, file.length - data).put(file, data + start, end - start);
    tokens.forEach((token, bits) -> {
      for (int at = 0; at < rowBytes; at += 2) {
        patched.putShort(newData + start + token * rowBytes + at, bits.bits);
      }
    });
    return patched.array();
  }
}
