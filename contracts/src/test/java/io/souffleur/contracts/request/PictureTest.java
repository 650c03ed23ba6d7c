package io.souffleur.contracts.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PictureTest {
  private static final int PATCH = 3;
  private static final int[] GRIDS = {8, 8, 4, 8};

  private static Picture picture(int... positions) {
    return new Picture(new byte[32], 16, GRIDS, positions, new byte[96 * PATCH]);
  }

  private static GenerationRequest request(int promptTokens, List<Picture> pictures) {
    return new GenerationRequest(
        new RequestId("r"),
        new int[promptTokens],
        new int[0],
        SamplingSpec.GREEDY,
        1,
        new int[0],
        OptionalInt.empty(),
        "",
        new int[0],
        pictures);
  }

  private static void assertRefused(String part, Runnable making) {
    var refusal = assertThrows(IllegalArgumentException.class, making::run);
    assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
  }

  @Test
  void countsFollowFromTheGrids() {
    Picture picture = picture(5, 11);

    assertEquals(4, picture.tokens(0));
    assertEquals(2, picture.tokens(1));
    assertEquals(6, picture.tokens());
    assertEquals(4, picture.tokensBefore(1));
    assertEquals(64, picture.patchesBefore(1));
    assertEquals(PATCH, picture.patchBytes());
    assertEquals(13, picture.end());
  }

  @Test
  void refusesPatchImagesThatOverlap() {
    assertRefused("patch image 1 begins at 8, the one before ends at 9", () -> picture(5, 8));
    assertRefused("patch image 0 begins at -1", () -> picture(-1, 8));
  }

  @Test
  void refusesWhatCannotBeEncoded() {
    byte[] hash = new byte[32];
    assertRefused("32 bytes", () -> new Picture(new byte[8], 16, GRIDS, new int[2], new byte[3]));
    assertRefused("16 or 4", () -> new Picture(hash, 8, GRIDS, new int[2], new byte[3]));
    assertRefused("got 1 positions", () -> new Picture(hash, 16, GRIDS, new int[1], new byte[3]));
    assertRefused(
        "multiple of 4", () -> new Picture(hash, 16, new int[] {4, 6}, new int[1], new byte[24]));
    assertRefused("95 bytes", () -> new Picture(hash, 16, GRIDS, new int[] {0, 9}, new byte[95]));
  }

  @Test
  void aRequestKeepsItsPicturesInsideThePromptAndApart() {
    assertEquals(
        2, request(26, List.of(picture(5, 11), picture(13, 24))).pictures().size());
    assertRefused("must lie in [0, 12)", () -> request(12, List.of(picture(5, 11))));
    assertRefused(
        "must lie in [13, 40)", () -> request(40, List.of(picture(5, 11), picture(12, 20))));
  }
}
