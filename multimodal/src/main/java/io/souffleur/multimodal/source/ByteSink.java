package io.souffleur.multimodal.source;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects bytes that arrive, within a limit and the request's budget.
 *
 * <p>Memory is taken as bytes arrive and never by an announced length. What it took of the budget stays
 * taken with the bytes; {@link #discard} gives it back. Used by one thread.
 */
final class ByteSink {
  private static final int PIECE_BYTES = 64 * 1024;

  private final int bytesMax;
  private final RequestBudget budget;
  private final List<byte[]> pieces = new ArrayList<>();
  private int length;
  private long taken;

  ByteSink(int bytesMax, RequestBudget budget) {
    this.bytesMax = bytesMax;
    this.budget = budget;
  }

  void checkAnnounced(long announced) throws MediaRefused {
    if (announced > bytesMax) {
      throw MediaRefused.tooLarge(
          "the content has " + announced + " bytes, at most " + bytesMax + " are allowed");
    }
  }

  void add(byte[] bytes, int count) throws MediaRefused {
    if ((long) length + count > bytesMax) {
      throw MediaRefused.tooLarge("the content has more than " + bytesMax + " bytes, the limit");
    }
    int done = 0;
    while (done < count) {
      int at = length % PIECE_BYTES;
      if (at == 0) {
        budget.takeBytes(PIECE_BYTES);
        taken += PIECE_BYTES;
        pieces.add(new byte[PIECE_BYTES]);
      }
      int part = Math.min(count - done, PIECE_BYTES - at);
      System.arraycopy(bytes, done, pieces.getLast(), at, part);
      done += part;
      length += part;
    }
  }

  /** All bytes in one array, for which exactly as much of the budget stays taken. */
  byte[] bytes() {
    var whole = new byte[length];
    for (int i = 0; i < pieces.size(); i++) {
      int at = i * PIECE_BYTES;
      System.arraycopy(pieces.get(i), 0, whole, at, Math.min(PIECE_BYTES, length - at));
    }
    pieces.clear();
    budget.giveBytes(taken - length);
    taken = length;
    return whole;
  }

  /** Forgets the bytes. */
  void discard() {
    pieces.clear();
    budget.giveBytes(taken);
    taken = 0;
    length = 0;
  }
}
