package io.souffleur.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Byte-level BPE: the native library encodes, our own table decodes.
 *
 * <p>The native tokenizer is read-only after its construction and shared by all threads. It is never
 * freed: a process loads one for each model it serves, and keeps it.
 */
final class ByteLevelTokenizer implements Tokenizer {
  private final HuggingFaceTokenizer encoder;
  private final TokenTable table;
  private final Map<String, Integer> ids;
  private final BitSet added;

  ByteLevelTokenizer(TokenizerFile file) {
    this.encoder = NativeTokenizers.open(file.json(), file.file());
    this.table = file.table();
    this.ids = file.ids();
    this.added = file.added();
  }

  @Override
  public int[] encode(String text) {
    Objects.requireNonNull(text, "text");
    if (text.isEmpty()) {
      return new int[0];
    }
    long[] found = encoder.encode(wellFormed(text), false, false).getIds();
    int[] result = new int[found.length];
    for (int i = 0; i < found.length; i++) {
      result[i] = Math.toIntExact(found[i]);
    }
    return result;
  }

  /** Lone surrogates, which JSON can spell but UTF-8 cannot, become U+FFFD. */
  private static String wellFormed(String text) {
    StringBuilder repaired = null;
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) {
        continue;
      }
      if (Character.isSupplementaryCodePoint(text.codePointAt(i))) {
        i++;
        continue;
      }
      repaired = repaired == null ? new StringBuilder(text) : repaired;
      repaired.setCharAt(i, '\uFFFD');
    }
    return repaired == null ? text : repaired.toString();
  }

  @Override
  public String decode(int[] tokenIds, boolean skipSpecialTokens) {
    Utf8Decoder decoder = new Utf8Decoder();
    StringBuilder out = new StringBuilder();
    for (int id : tokenIds) {
      byte[] bytes = table.bytes(id);
      if (!skipSpecialTokens || !table.isSpecial(id)) {
        decoder.accept(bytes, out);
      }
    }
    decoder.finish(out);
    return out.toString();
  }

  @Override
  public StreamingDetokenizer detokenizer(boolean skipSpecialTokens) {
    return new StreamingDetokenizer(table, skipSpecialTokens);
  }

  @Override
  public int vocabularySize() {
    return ids.size();
  }

  @Override
  public int idLimit() {
    return table.idLimit();
  }

  @Override
  public byte[] tokenBytes(int id) {
    return table.bytes(id).clone();
  }

  @Override
  public OptionalInt idOf(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public boolean isSpecial(int id) {
    return table.isSpecial(id);
  }

  @Override
  public boolean isAdded(int id) {
    return added.get(id);
  }
}
