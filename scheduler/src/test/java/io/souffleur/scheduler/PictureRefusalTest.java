package io.souffleur.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.Picture;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.step.LevelCells;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Pictures that can never be encoded are refused when they come, one by one. */
class PictureRefusalTest {
  private static final int PATCH_BYTES = 3;

  /** Nobody gets as far as a step. */
  private static final LevelCells NO_CELLS = new LevelCells() {
    @Override
    public int claim() {
      return NONE;
    }

    @Override
    public MemorySegment memory(int cell) {
      throw new AssertionError("cell " + cell);
    }

    @Override
    public long generation(int cell) {
      throw new AssertionError("cell " + cell);
    }

    @Override
    public void release(int cell) {
      throw new AssertionError("cell " + cell);
    }
  };

  private static Optional<Rejected> submitted(Eyes eyes, int side, int patchBytes) {
    EngineSettings settings = EngineFixture.settings(128, 2, 16);
    var book = new CacheBook(new CacheLayout(4, 64, 64), new CacheCapacity(64, 8));
    var loop = new EngineLoop(
        1, settings, book, Tiering.NONE, eyes, new EngineFixture(settings, 64), () -> 0);
    var picture = new Picture(
        new byte[Picture.HASH_BYTES],
        16,
        new int[] {side, side},
        new int[] {1},
        new byte[side * side * patchBytes]);
    var request = new GenerationRequest(
        new RequestId("r"),
        new int[64],
        new int[0],
        SamplingSpec.GREEDY,
        1,
        new int[0],
        OptionalInt.empty(),
        "",
        new int[0],
        List.of(picture));
    return loop.inbox().submit(request, new RecordingSink());
  }

  private static void assertRefused(String why, Eyes eyes, int side, int patchBytes) {
    Rejected rejected = submitted(eyes, side, patchBytes).orElseThrow();
    assertEquals(RejectReason.NEVER_FITS, rejected.reason());
    assertEquals(why, rejected.detail());
  }

  private static Eyes eyes(int featureRows, int stepPatches) {
    return new Eyes(featureRows, stepPatches, PATCH_BYTES, Optional.of(NO_CELLS));
  }

  @Test
  void anEngineWithoutEyesTakesNone() {
    assertRefused("the model takes no pictures", Eyes.NONE, 8, PATCH_BYTES);
  }

  @Test
  void whatFitsIsTaken() {
    assertEquals(Optional.empty(), submitted(eyes(4, 64), 8, PATCH_BYTES));
  }

  @Test
  void aPictureWithMoreFeaturesThanTheStoreHasRowsIsRefused() {
    assertRefused("a picture takes 4 tokens, all feature rows are 3", eyes(3, 64), 8, PATCH_BYTES);
  }

  @Test
  void aPatchImageBeyondAStepIsRefused() {
    assertRefused(
        "a patch image has 64 patches, a step encodes at most 63", eyes(4, 63), 8, PATCH_BYTES);
  }

  @Test
  void patchesOfAnotherSizeAreRefused() {
    assertRefused("a picture has patches of 5 bytes, the model takes 3", eyes(4, 64), 8, 5);
  }

  @Test
  void everyContentHasItsOwnKeyBelowZero() {
    var keys = new PictureKeys();
    byte[] other = new byte[Picture.HASH_BYTES];
    other[31] = 1;
    int first = keys.of(new byte[Picture.HASH_BYTES]);
    assertEquals(-1, first);
    assertNotEquals(first, keys.of(other));
    assertEquals(first, keys.of(new byte[Picture.HASH_BYTES]));
    for (int i = 0; i < PictureKeys.REMEMBERED_MAX; i++) {
      byte[] hash = new byte[Picture.HASH_BYTES];
      hash[0] = 1;
      hash[1] = (byte) i;
      hash[2] = (byte) (i >> 8);
      hash[3] = (byte) (i >> 16);
      keys.of(hash);
    }
    assertEquals(-3 - PictureKeys.REMEMBERED_MAX, keys.of(other));
  }
}
