package io.souffleur.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.OptionalInt;

/**
 * A vocabulary for tests without files: ids 0 to 255 are bytes, {@link #END} is a control token.
 *
 * <p>It lives in this package because detokenizers can only be made here.
 */
public final class ByteTokenizer implements Tokenizer {
  public static final int END = 256;
  public static final String END_TEXT = "<|im_end|>";

  private static final int SIZE = 257;

  private final TokenTable table;

  public ByteTokenizer() {
    byte[][] bytes = new byte[SIZE][];
    for (int i = 0; i < END; i++) {
      bytes[i] = new byte[] {(byte) i};
    }
    bytes[END] = END_TEXT.getBytes(StandardCharsets.UTF_8);
    BitSet special = new BitSet();
    special.set(END);
    this.table = new TokenTable(bytes, special);
  }

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xff;
    }
    return ids;
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int id : ids) {
      if (!skipSpecialTokens || id != END) {
        out.writeBytes(table.bytes(id));
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public StreamingDetokenizer detokenizer(boolean skipSpecialTokens) {
    return new StreamingDetokenizer(table, skipSpecialTokens);
  }

  @Override
  public int vocabularySize() {
    return SIZE;
  }

  @Override
  public int idLimit() {
    return SIZE;
  }

  @Override
  public byte[] tokenBytes(int id) {
    return table.bytes(id).clone();
  }

  @Override
  public OptionalInt idOf(String token) {
    return token.equals(END_TEXT) ? OptionalInt.of(END) : OptionalInt.empty();
  }

  @Override
  public boolean isSpecial(int id) {
    return id == END;
  }

  @Override
  public boolean isAdded(int id) {
    return id == END;
  }
}
