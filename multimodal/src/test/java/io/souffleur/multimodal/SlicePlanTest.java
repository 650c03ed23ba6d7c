package io.souffleur.multimodal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SlicePlanTest {
  private static final SliceSettings RELEASED = new SliceSettings(9, 448, 14, true);

  @TestFactory
  Stream<DynamicTest> everySizeIsCutAsThePublishedProcessorCutsIt() {
    JsonNode rows = Goldens.json("sizes.json").get("rows");
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> DynamicTest.dynamicTest(
            row.get("width") + "x" + row.get("height") + " into " + row.get("max_slice_nums"),
            () -> check(row)));
  }

  private static void check(JsonNode row) {
    var settings = new SliceSettings(row.get("max_slice_nums").asInt(), 448, 14, true);
    var image = new ImageSize(row.get("width").asInt(), row.get("height").asInt());
    SlicePlan plan = SlicePlan.of(image, settings);
    assertEquals(pair(row.get("grid_rows_cols")), List.of(plan.rows(), plan.columns()));
    assertEquals(pair(row.get("source_hw")), heightWidth(plan.source()));
    if (row.has("slice_hw")) {
      assertEquals(pair(row.get("slice_hw")), heightWidth(plan.slice()));
      assertEquals(pair(row.get("refine_hw")), heightWidth(plan.refined()));
    }
    var targets = new ArrayList<List<Integer>>();
    row.get("target_sizes_hw").forEach(target -> targets.add(pair(target)));
    assertEquals(
        targets,
        plan.patchGrids().stream()
            .map(grid -> List.of(grid.rows(), grid.columns()))
            .toList());
    assertEquals(row.get("num_patch_images").asInt(), plan.patchGrids().size());
    assertEquals(row.get("visual_tokens_16x").asLong(), plan.tokens(Downsample.SIXTEEN));
    assertEquals(row.get("visual_tokens_4x").asLong(), plan.tokens(Downsample.FOUR));
    assertEquals(row.get("pixel_values_last_dim").asLong(), plan.patches() * 14);
  }

  @Test
  void aPictureOf720LinesGivesSevenPatchImages() {
    SlicePlan plan = SlicePlan.of(new ImageSize(1280, 720), RELEASED);
    assertEquals(2, plan.rows());
    assertEquals(3, plan.columns());
    var slice = new PatchGrid(28, 36);
    assertEquals(
        List.of(new PatchGrid(24, 44), slice, slice, slice, slice, slice, slice),
        plan.patchGrids());
    assertEquals(444, plan.tokens(Downsample.SIXTEEN));
  }

  @Test
  void withoutSlicingEveryPictureStaysWhole() {
    var whole = new SliceSettings(9, 448, 14, false);
    assertFalse(SlicePlan.of(new ImageSize(4000, 3000), whole).sliced());
  }

  private static List<Integer> pair(JsonNode pair) {
    return List.of(pair.get(0).asInt(), pair.get(1).asInt());
  }

  private static List<Integer> heightWidth(ImageSize size) {
    return List.of(size.height(), size.width());
  }
}
