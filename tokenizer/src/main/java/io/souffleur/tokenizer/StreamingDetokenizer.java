package io.souffleur.tokenizer;

import java.util.Objects;

/**
 * Token ids to text pieces, one id at a time.
 *
 * <p>A piece never holds half a character: bytes of an incomplete UTF-8 sequence wait for the next
 * id, and only {@link #finish} turns what never became a character into U+FFFD. Joined, all pieces
 * and the result of {@code finish} equal {@link Tokenizer#decode} of all ids. Work per id is
 * proportional to the bytes of that id, however long the text already is.
 *
 * <p>Owned by one session, used by one thread at a time.
 */
public final class StreamingDetokenizer {
  private final TokenTable table;
  private final boolean skipSpecialTokens;
  private final Utf8Decoder decoder = new Utf8Decoder();
  private final StringBuilder piece = new StringBuilder();

  StreamingDetokenizer(TokenTable table, boolean skipSpecialTokens) {
    this.table = Objects.requireNonNull(table, "table");
    this.skipSpecialTokens = skipSpecialTokens;
  }

  /**
   * Takes the next id and returns the text it completes: empty for a skipped special token, for an id
   * that ends within a character, and for one from {@link Tokenizer#idLimit} on. A model may draw
   * those, because its matrices are often padded beyond the vocabulary.
   *
   * @throws IllegalArgumentException if {@code id} is negative; the state is unchanged
   */
  public String accept(int id) {
    if (id >= table.idLimit()) {
      return "";
    }
    byte[] bytes = table.bytes(id);
    if (skipSpecialTokens && table.isSpecial(id)) {
      return "";
    }
    decoder.accept(bytes, piece);
    return take();
  }

  /** Takes several ids at once: the concatenation of what {@link #accept(int)} would return. */
  public String accept(int[] ids) {
    StringBuilder joined = new StringBuilder();
    for (int id : ids) {
      joined.append(accept(id));
    }
    return joined.toString();
  }

  /** Whether bytes of an incomplete character are held back. */
  public boolean holding() {
    return decoder.holding();
  }

  /** Ends the text and returns what was held back, as U+FFFD; afterwards a new text may begin. */
  public String finish() {
    decoder.finish(piece);
    return take();
  }

  private String take() {
    String text = piece.toString();
    piece.setLength(0);
    return text;
  }
}
