package io.souffleur.contracts.tier;

import java.util.Arrays;

/**
 * Names the bytes of a page or of a checkpoint by everything that they depend on. Immutable; the array
 * is not copied.
 *
 * <pre>
 *   namespace, tokens [0, first) ── parent ──┐   tokens [first, end) ──┐
 *   page:  rows [first, end) are valid, the others have no meaning     ├── name
 *   state: the state after position end − 1                           ─┘
 * </pre>
 *
 * @param parent names what stands before the page
 * @param first position at which the page begins, a multiple of the page size
 * @param tokens of the page from its beginning, at least one
 */
public record TierName(TierKind kind, PrefixDigest parent, int first, int[] tokens) {
  public TierName {
    if (first < 0 || tokens.length == 0) {
      throw new IllegalArgumentException(
          "a record has a position and tokens, got " + first + ", " + tokens.length + " tokens");
    }
  }

  /** Position after the last token. */
  public int end() {
    return first + tokens.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TierName name
        && kind == name.kind
        && first == name.first
        && parent.equals(name.parent)
        && Arrays.equals(tokens, name.tokens);
  }

  @Override
  public int hashCode() {
    return (parent.hashCode() * 31 + Arrays.hashCode(tokens)) * 31 + kind.hashCode();
  }

  @Override
  public String toString() {
    return kind.label() + " of tokens [" + first + ", " + end() + ") after " + parent;
  }
}
