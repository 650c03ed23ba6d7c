package io.souffleur.multimodal.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.souffleur.multimodal.Downsample;
import io.souffleur.multimodal.ImageSize;
import io.souffleur.multimodal.RgbImage;
import io.souffleur.multimodal.SliceSettings;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContentHashTest {
  private static final byte[] TENANT = {1, 2};

  /** Reckoned by another program after the layout in the Javadoc. */
  private static final String EXPECTED =
      "1d73be64e01907829ee354490838774e5cc043dcd052d8ee15c2cca77e168e92";

  private static ImageSettings settings(int slices, int resolution, int patch, boolean slicing) {
    return new ImageSettings(
        new SliceSettings(slices, resolution, patch, slicing), Downsample.SIXTEEN);
  }

  private static ContentHash hash(int width, int height, ImageSettings settings, byte[] tenant) {
    return ContentHash.ofPixels(RgbImage.blank(new ImageSize(width, height)), settings, tenant);
  }

  @Test
  void everyPartOfTheInputChangesTheHash() {
    ImageSettings usual = settings(9, 448, 14, true);
    RgbImage other = RgbImage.blank(new ImageSize(6, 4));
    other.rgb()[71] = 1;
    List<ContentHash> hashes = Stream.of(
            hash(6, 4, usual, TENANT),
            hash(4, 6, usual, TENANT),
            hash(12, 2, usual, TENANT),
            hash(6, 4, settings(8, 448, 14, true), TENANT),
            hash(6, 4, settings(9, 447, 14, true), TENANT),
            hash(6, 4, settings(9, 448, 13, true), TENANT),
            hash(6, 4, settings(9, 448, 14, false), TENANT),
            hash(6, 4, new ImageSettings(usual.slices(), Downsample.FOUR), TENANT),
            hash(6, 4, usual, new byte[0]),
            hash(6, 4, usual, new byte[] {1, 3}),
            hash(6, 4, usual, new byte[] {1, 2, 0}),
            ContentHash.ofPixels(other, usual, TENANT),
            ContentHash.ofFile(new byte[72], usual, TENANT))
        .toList();
    assertEquals(hashes.size(), hashes.stream().distinct().count());
    assertEquals(hash(6, 4, usual, TENANT), hashes.getFirst());
  }

  /** So that a change of the layout, which would empty every cache, does not go unnoticed. */
  @Test
  void theHashOfAKnownImageStaysWhatItIs() {
    ContentHash hash = hash(2, 1, settings(9, 448, 14, true), TENANT);
    assertEquals(64, hash.toString().length());
    assertEquals(EXPECTED, hash.toString());
    assertNotEquals(EXPECTED, hash(1, 2, settings(9, 448, 14, true), TENANT).toString());
  }
}
