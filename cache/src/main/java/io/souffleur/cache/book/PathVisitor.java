package io.souffleur.cache.book;

/** Receives what the tree keeps of a sequence of tokens, from the first page on. */
public interface PathVisitor {
  /**
   * A page has the rows of tokens {@code [start, start + count)}.
   *
   * @return whether to go on
   */
  boolean onPage(int page, int start, int count);

  /**
   * A slot has the state after the first {@code position} tokens; said after the page that has the last
   * of them, in rising order.
   *
   * @param hinted whether somebody said that others will need it
   */
  void onState(int slot, int position, boolean hinted);
}
