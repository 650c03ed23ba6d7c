package io.souffleur.http.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StopStringsTest {

  private static String run(StopStrings stage, String... pieces) {
    StringBuilder out = new StringBuilder();
    for (String piece : pieces) {
      stage.accept(piece, out::append);
    }
    stage.finish(out::append);
    return out.toString();
  }

  @Test
  void cutsTheTextAtAStopStringThatSpansPieces() {
    StopStrings stage = new StopStrings(List.of("\n\nUser:"), false);

    assertEquals("Hello", run(stage, "Hel", "lo\n", "\nUs", "er: more"));
    assertEquals(Optional.of("\n\nUser:"), stage.matched());
  }

  @Test
  void keepsTheMatchWhenAskedTo() {
    assertEquals("a.", run(new StopStrings(List.of("."), true), "a", ".b"));
  }

  @Test
  void holdsBackOnlyWhatMayBecomeAStopString() {
    StopStrings stage = new StopStrings(List.of("abcd"), false);
    StringBuilder out = new StringBuilder();

    stage.accept("xxabc", out::append);
    assertEquals("xx", out.toString());
    stage.accept("abx", out::append);
    assertEquals("xxabcabx", out.toString());
  }

  @Test
  void theMatchThatEndsFirstWins() {
    StopStrings stage = new StopStrings(List.of("abcd", "bc"), false);

    assertEquals("a", run(stage, "abcd"));
    assertEquals(Optional.of("bc"), stage.matched());
  }

  @Test
  void ofTwoThatEndTogetherTheLongerWins() {
    StopStrings stage = new StopStrings(List.of("bc", "abc"), false);

    assertEquals("x", run(stage, "xab", "c"));
    assertEquals(Optional.of("abc"), stage.matched());
  }

  @Test
  void findsAStopStringBehindItsOwnFalseStart() {
    assertEquals("aa", run(new StopStrings(List.of("aab"), false), "aaaab"));
    assertEquals("ab", run(new StopStrings(List.of("abac"), false), "ab", "abac"));
  }

  @Test
  void givesHeldTextBackAtTheEnd() {
    StopStrings stage = new StopStrings(List.of("END"), false);

    assertEquals("the EN", run(stage, "the EN"));
    assertEquals(Optional.empty(), stage.matched());
  }

  @Test
  void ignoresTextBehindAMatch() {
    assertEquals("", run(new StopStrings(List.of("x"), false), "x", "y", "xz"));
  }

  @Test
  void refusesTooManyAndTooLongStopStrings() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new StopStrings(Collections.nCopies(StopStrings.STRINGS_MAX + 1, "a"), false));
    assertThrows(
        IllegalArgumentException.class,
        () -> new StopStrings(List.of("a".repeat(StopStrings.STRING_CHARS_MAX + 1)), false));
    assertThrows(IllegalArgumentException.class, () -> new StopStrings(List.of(""), false));
  }
}
