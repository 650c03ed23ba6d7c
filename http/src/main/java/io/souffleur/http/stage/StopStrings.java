package io.souffleur.http.stage;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Ends a text at the first stop string and holds back what may become one.
 *
 * <p>The match that ends first wins; of two that end together the longer one. Each stop string has
 * a matching automaton (Knuth, Morris, Pratt), so a character costs a constant number of steps per
 * stop string and at most {@code longest - 1} characters are held back.
 *
 * <p>Owned by one session; not thread safe.
 */
public final class StopStrings {

  /** Stop strings per request; more are refused by the constructor. */
  public static final int STRINGS_MAX = 64;

  /** Characters of one stop string; longer ones are refused by the constructor. */
  public static final int STRING_CHARS_MAX = 1024;

  private final List<String> stops;
  private final int[][] borders;
  private final int[] matchedChars;
  private final boolean keepMatch;
  private final StringBuilder held = new StringBuilder();
  private String match = "";

  /**
   * @param stops non-empty strings
   * @param keepMatch whether the matched stop string stays in the text
   */
  public StopStrings(List<String> stops, boolean keepMatch) {
    if (stops.size() > STRINGS_MAX) {
      throw new IllegalArgumentException(
          stops.size() + " stop strings, allowed are at most " + STRINGS_MAX);
    }
    for (String stop : stops) {
      if (stop.isEmpty() || stop.length() > STRING_CHARS_MAX) {
        throw new IllegalArgumentException("a stop string of " + stop.length()
            + " characters, allowed are 1 to " + STRING_CHARS_MAX);
      }
    }
    this.stops = List.copyOf(stops);
    this.borders = this.stops.stream().map(StopStrings::borders).toArray(int[][]::new);
    this.matchedChars = new int[this.stops.size()];
    this.keepMatch = keepMatch;
  }

  /** Takes the next piece; passes on what cannot belong to a stop string. Ignored after a match. */
  public void accept(String piece, Consumer<String> out) {
    if (stopped() || piece.isEmpty()) {
      return;
    }
    if (stops.isEmpty()) {
      out.accept(piece);
      return;
    }
    held.append(piece);
    for (int i = held.length() - piece.length(); i < held.length(); i++) {
      int stop = advance(held.charAt(i));
      if (stop >= 0) {
        match = stops.get(stop);
        int end = keepMatch ? i + 1 : i + 1 - match.length();
        release(end, out);
        held.setLength(0);
        return;
      }
    }
    int keep = 0;
    for (int chars : matchedChars) {
      keep = Math.max(keep, chars);
    }
    release(held.length() - keep, out);
  }

  /** Ends the text: what was held back was no stop string. */
  public void finish(Consumer<String> out) {
    release(held.length(), out);
  }

  /** Whether a stop string was found; the generation may be aborted then. */
  public boolean stopped() {
    return !match.isEmpty();
  }

  /** The stop string found, if one was. */
  public Optional<String> matched() {
    return stopped() ? Optional.of(match) : Optional.empty();
  }

  private void release(int chars, Consumer<String> out) {
    if (chars > 0) {
      out.accept(held.substring(0, chars));
      held.delete(0, chars);
    }
  }

  /** Moves all automata by one character; returns the longest stop string that ends here, or -1. */
  private int advance(char next) {
    int found = -1;
    for (int s = 0; s < matchedChars.length; s++) {
      String stop = stops.get(s);
      int chars = matchedChars[s];
      while (chars > 0 && stop.charAt(chars) != next) {
        chars = borders[s][chars - 1];
      }
      if (stop.charAt(chars) == next) {
        chars++;
      }
      if (chars == stop.length()) {
        if (found < 0 || stop.length() > stops.get(found).length()) {
          found = s;
        }
        chars = borders[s][chars - 1];
      }
      matchedChars[s] = chars;
    }
    return found;
  }

  /** For each prefix the length of its longest proper prefix that is also its suffix. */
  private static int[] borders(String stop) {
    int[] border = new int[stop.length()];
    int chars = 0;
    for (int i = 1; i < stop.length(); i++) {
      while (chars > 0 && stop.charAt(i) != stop.charAt(chars)) {
        chars = border[chars - 1];
      }
      if (stop.charAt(i) == stop.charAt(chars)) {
        chars++;
      }
      border[i] = chars;
    }
    return border;
  }
}
