package io.souffleur.multimodal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.multimodal.image.ImageFile;
import io.souffleur.multimodal.image.ImageLimits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PatchWriterTest {
  @TestFactory
  Stream<DynamicTest> everyLevelIsThatOfThePublishedProcessor() {
    return Goldens.json("pixels.json").get("images").properties().stream()
        .flatMap(image -> Stream.of(448, 112)
            .map(resolution -> DynamicTest.dynamicTest(
                image.getKey() + " at " + resolution,
                () -> check(image.getKey(), image.getValue(), resolution))));
  }

  private static void check(String name, JsonNode golden, int resolution) throws Exception {
    RgbImage image = ImageFile.open(Goldens.picture(name), ImageLimits.DEFAULT).decode();
    SlicePlan plan = SlicePlan.of(image.size(), new SliceSettings(9, resolution, 14, true));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment patches = arena.allocate(PatchWriter.bytes(plan));
      PatchWriter.write(image, plan, patches);
      JsonNode expected = golden.get("res" + resolution).get("patch_images");
      assertEquals(expected.size(), plan.patchGrids().size());
      long at = 0;
      for (int i = 0; i < expected.size(); i++) {
        PatchGrid grid = plan.patchGrids().get(i);
        long bytes = (long) grid.patches() * PatchWriter.patchBytes(14);
        byte[] columns = columnLayout(patches.asSlice(at, bytes), grid.patches());
        at += bytes;
        assertEquals(
            expected.get(i).get("sha256_u8_c_y_col").asText(), sha256(columns), "patch image " + i);
      }
    }
  }

  /** Ours, [patch, channel, y, x], as the golden's [channel, y, patch · 14 + x]. */
  private static byte[] columnLayout(MemorySegment ours, int patches) {
    var columns = new byte[(int) ours.byteSize()];
    for (int patch = 0; patch < patches; patch++) {
      for (int channelRow = 0; channelRow < 3 * 14; channelRow++) {
        for (int x = 0; x < 14; x++) {
          columns[channelRow * patches * 14 + patch * 14 + x] =
              ours.get(ValueLayout.JAVA_BYTE, (long) patch * 588 + channelRow * 14L + x);
        }
      }
    }
    return columns;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void aPlanForAnotherImageIsRefused() {
    SlicePlan plan = SlicePlan.of(new ImageSize(10, 20), new SliceSettings(9, 448, 14, true));
    RgbImage image = RgbImage.blank(new ImageSize(20, 10));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment patches = arena.allocate(PatchWriter.bytes(plan));
      var refusal = assertThrows(
          IllegalArgumentException.class, () -> PatchWriter.write(image, plan, patches));
      assertEquals(true, refusal.getMessage().contains("20x10"));
    }
  }
}
