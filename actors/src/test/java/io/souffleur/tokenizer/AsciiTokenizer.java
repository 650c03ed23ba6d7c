package io.souffleur.tokenizer;

import java.util.BitSet;
import java.util.OptionalInt;

/**
 * One id per character of ASCII; a text with {@link #BREAKING} in it breaks the tokenizer.
 *
 * <p>It lives in this package because detokenizers can only be made here.
 */
public final class AsciiTokenizer implements Tokenizer {
  public static final String BREAKING = "boom";

  private static final int SIZE = 128;

  private final TokenTable table;

  public AsciiTokenizer() {
    byte[][] bytes = new byte[SIZE][];
    for (int i = 0; i < SIZE; i++) {
      bytes[i] = new byte[] {(byte) i};
    }
    this.table = new TokenTable(bytes, new BitSet());
  }

  @Override
  public int[] encode(String text) {
    if (text.contains(BREAKING)) {
      throw new IllegalStateException("the tokenizer is broken");
    }
    return text.chars().toArray();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    return new String(ids, 0, ids.length);
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
    return token.length() == 1 && token.charAt(0) < SIZE
        ? OptionalInt.of(token.charAt(0))
        : OptionalInt.empty();
  }

  @Override
  public boolean isSpecial(int id) {
    return false;
  }

  @Override
  public boolean isAdded(int id) {
    return false;
  }
}
