package io.souffleur.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code tokenizer.json} says, as far as our own tables need it: entries, added tokens, and that
 * it is byte-level BPE.
 *
 * @param json the file's text
 * @param added ids of added tokens
 */
record TokenizerFile(
    Path file, String json, TokenTable table, Map<String, Integer> ids, BitSet added) {
  static final String NAME = "tokenizer.json";
  private static final long BYTES_MAX = 256L << 20;

  /** More ids than any vocabulary has; bounds the table against a wild id in a broken file. */
  private static final int ID_LIMIT_MAX = 1 << 22;

  static TokenizerFile read(Path folder) {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new TokenizerException(file
          + " is missing; a checkpoint folder needs one (vocabulary and merge files are not read)");
    }
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new TokenizerException(
            file + " has " + Files.size(file) + " bytes, allowed are " + BYTES_MAX);
      }
      String json = Files.readString(file);
      return parse(file, json, new ObjectMapper().readTree(json));
    } catch (JsonProcessingException malformed) {
      throw new TokenizerException(
          file + " is not valid JSON (truncated?): " + malformed.getOriginalMessage(), malformed);
    } catch (IOException unreadable) {
      throw new TokenizerException(
          file + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private static TokenizerFile parse(Path file, String json, JsonNode root) {
    if (root.isMissingNode()) {
      throw new TokenizerException(file + " is not valid JSON: it is empty");
    }
    String model = root.path("model").path("type").asText("");
    JsonNode vocabulary = root.path("model").path("vocab");
    if (!vocabulary.isObject() || vocabulary.isEmpty()) {
      throw new TokenizerException(file + " has no model.vocab object");
    }
    if (!model.isEmpty() && !model.equals("BPE")) {
      throw new TokenizerException(
          file + " has a model of type " + model + "; supported is byte-level BPE");
    }
    if (!isByteLevel(root.path("decoder"))) {
      throw new TokenizerException(file + " has a decoder of type "
          + root.path("decoder").path("type").asText("none") + "; supported is ByteLevel");
    }
    Map<String, Integer> ids = new HashMap<>();
    vocabulary.properties().forEach(entry -> put(file, ids, entry.getKey(), entry.getValue()));
    BitSet added = new BitSet();
    BitSet special = new BitSet();
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").asText("");
      put(file, ids, content, token.path("id"));
      added.set(ids.get(content));
      special.set(ids.get(content), token.path("special").asBoolean(false));
    }
    byte[][] bytes = new byte[1 + ids.values().stream().mapToInt(id -> id).max().orElse(0)][];
    ids.forEach((entry, id) -> bytes[id] = ByteAlphabet.bytes(entry));
    return new TokenizerFile(file, json, new TokenTable(bytes, special), ids, added);
  }

  private static boolean isByteLevel(JsonNode decoder) {
    if (decoder.path("type").asText("").equals("Sequence")) {
      JsonNode steps = decoder.path("decoders");
      return steps.size() == 1 && isByteLevel(steps.get(0));
    }
    return decoder.path("type").asText("").equals("ByteLevel");
  }

  private static void put(Path file, Map<String, Integer> ids, String entry, JsonNode id) {
    if (!id.isIntegralNumber() || id.longValue() < 0 || id.longValue() >= ID_LIMIT_MAX) {
      throw new TokenizerException(file + " gives the entry '" + entry + "' the id " + id
          + ", allowed is [0, " + ID_LIMIT_MAX + ")");
    }
    ids.put(entry, id.intValue());
  }
}
