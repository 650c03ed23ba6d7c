package io.souffleur.tokenizer;

import java.util.OptionalInt;

/**
 * Text to token ids and back, for one vocabulary.
 *
 * <p>Implementations are immutable and safe for use by any number of threads. Nothing is added
 * (no begin or end token), nothing is truncated, nothing is padded: the chat template writes every
 * special token itself.
 */
public interface Tokenizer {
  /**
   * Ids of {@code text}. Spellings of added tokens such as {@code <|im_end|>} become those tokens,
   * wherever they stand.
   */
  int[] encode(String text);

  /**
   * Text of {@code ids}. Bytes that are no UTF-8 become U+FFFD, one for each maximal broken part.
   *
   * @param skipSpecialTokens leaves out the tokens of {@link #isSpecial}
   * @throws IllegalArgumentException if an id is negative or not below {@link #idLimit}
   */
  String decode(int[] ids, boolean skipSpecialTokens);

  /**
   * A fresh state that turns one id after the other into text pieces whose concatenation equals
   * {@link #decode}. The returned object belongs to one thread.
   */
  StreamingDetokenizer detokenizer(boolean skipSpecialTokens);

  /** Number of entries, added tokens included. Ids may have gaps; see {@link #idLimit}. */
  int vocabularySize();

  /** One more than the largest id. A model's embedding may have more rows than that. */
  int idLimit();

  /**
   * The bytes that {@code id} contributes to a text: a copy, empty for ids without an entry.
   *
   * @throws IllegalArgumentException if {@code id} is negative or not below {@link #idLimit}
   */
  byte[] tokenBytes(int id);

  /** The id of exactly this entry, spelled as text for an added token ({@code <think>}). */
  OptionalInt idOf(String token);

  /** Whether {@code id} is an added token marked special: a control token, not text. */
  boolean isSpecial(int id);

  /** Whether {@code id} is an added token, special or not. */
  boolean isAdded(int id);
}
