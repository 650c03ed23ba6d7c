package io.souffleur.shard;

import io.souffleur.cache.store.FeatureStore;
import io.souffleur.contracts.step.PatchEncode;
import io.souffleur.contracts.step.PictureWork;
import io.souffleur.contracts.step.StepPlan;
import io.souffleur.models.Forward;
import io.souffleur.models.VisionBatch;
import io.souffleur.models.VisionTower;
import io.souffleur.tensor.Tensor;
import io.souffleur.transport.PictureCells;
import java.util.Arrays;
import java.util.Optional;

/**
 * Encodes patch images into the feature store, and gives rows of steps the features that plans name.
 * Owned by the rank's loop.
 *
 * <p>Every encode of a plan goes through the tower by itself, straight into its rows of the store: under
 * the law, what else a step encodes decides no bit.
 */
final class PictureDesk {
  private static final int SIDE_UNIT = 4;

  /** What a rank needs to see. */
  private record Sight(VisionTower tower, FeatureStore store, PictureCells cells, int patchesMax) {}

  private final VisionBatch batch = new VisionBatch();
  private Optional<Sight> sight = Optional.empty();
  private long[] writtenBy = {};
  private long serial;

  /**
   * Takes the tower's buffers.
   *
   * @param patchesMax patches of all encodes of a step
   */
  void open(VisionTower tower, FeatureStore store, PictureCells cells, int patchesMax) {
    if (store.columns() != tower.featureColumns()) {
      throw new IllegalArgumentException("the store has rows of " + store.columns()
          + " columns, the tower's features have " + tower.featureColumns());
    }
    tower.attach(patchesMax);
    sight = Optional.of(new Sight(tower, store, cells, patchesMax));
    writtenBy = new long[store.rows()];
    Arrays.fill(writtenBy, -1);
  }

  /** Throws {@link PlanViolation} naming the first encode or taking that is wrong. */
  void check(StepPlan plan) {
    PictureWork work = plan.pictures();
    if (work.isEmpty()) {
      return;
    }
    Sight seeing =
        sight.orElseThrow(() -> new PlanViolation("pictures, and this rank has no vision tower"));
    serial++;
    require(work.encodeCount() <= PatchEncode.PLAN_MAX, "encodes", work.encodeCount());
    require(work.imageCount() <= PatchEncode.PLAN_IMAGES_MAX, "patch images", work.imageCount());
    long patches = 0;
    for (int i = 0; i < work.encodeCount(); i++) {
      patches += checkEncode(seeing, work.encode(i), plan.epoch());
    }
    require(patches <= seeing.patchesMax, "patches in all", patches);
    int end = 0;
    for (int i = 0; i < work.takeCount(); i++) {
      int row = work.takenByRow(i);
      int feature = work.takenFeature(i);
      int count = work.takenRows(i);
      require(count > 0, "rows that take features", count);
      require(row >= end && row <= plan.tokenCount() - count, "features taken by row", row);
      require(feature >= 0 && feature <= seeing.store.rows() - count, "feature row", feature);
      end = row + count;
    }
  }

  private long checkEncode(Sight seeing, PatchEncode encode, long epoch) {
    int perToken = encode.patchesPerToken();
    require(
        perToken == VisionBatch.PATCHES_PER_TOKEN_16X
            || perToken == VisionBatch.PATCHES_PER_TOKEN_4X,
        "patches of a token",
        perToken);
    require(
        encode.patchBytes() == seeing.tower.patchBytes(), "bytes of a patch", encode.patchBytes());
    require(encode.images() > 0, "patch images of an encode", encode.images());
    for (int side : encode.grids()) {
      require(
          side > 0 && side % SIDE_UNIT == 0 && side <= seeing.patchesMax,
          "the side of a patch image",
          side);
    }
    long patches = encode.patches();
    require(patches <= seeing.patchesMax, "patches of an encode", patches);
    int first = encode.featureRow();
    int tokens = (int) encode.tokens();
    require(first >= 0 && first <= seeing.store.rows() - tokens, "the feature row", first);
    for (int row = first; row < first + tokens; row++) {
      require(writtenBy[row] != serial, "a feature row written twice:", row);
      writtenBy[row] = serial;
    }
    require(
        encode.offset() >= 0 && seeing.cells.levels(encode, epoch).isPresent(),
        "levels in a cell that is not current:",
        encode.cell());
    return patches;
  }

  private static void require(boolean holds, String what, long value) {
    if (!holds) {
      throw new PlanViolation("the plan has " + what + " " + value);
    }
  }

  /** Encodes what a plan that was checked says. */
  void encode(StepPlan plan) {
    PictureWork work = plan.pictures();
    for (int i = 0; i < work.encodeCount(); i++) {
      encode(sight.orElseThrow(), work.encode(i), plan.epoch());
    }
  }

  private void encode(Sight seeing, PatchEncode encode, long epoch) {
    Tensor levels = seeing
        .cells
        .levels(encode, epoch)
        .orElseThrow(() -> new IllegalStateException("cell " + encode.cell() + " is gone"));
    batch.clear(encode.patchesPerToken());
    for (int image = 0; image < encode.images(); image++) {
      batch.addImage(encode.rows(image), encode.columns(image));
    }
    batch.tensors(levels, seeing.store.rows(encode.featureRow(), batch.tokens()));
    seeing.tower.encode(batch);
  }

  /** Puts features where the plan says; its tokens are in {@code forward}, row by row. */
  void give(StepPlan plan, Forward forward) {
    PictureWork work = plan.pictures();
    for (int i = 0; i < work.takeCount(); i++) {
      FeatureStore store = sight.orElseThrow().store;
      forward.addFeatures(work.takenByRow(i), store.rows(work.takenFeature(i), work.takenRows(i)));
    }
  }
}
