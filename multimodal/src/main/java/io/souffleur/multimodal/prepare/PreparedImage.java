package io.souffleur.multimodal.prepare;

import io.souffleur.multimodal.Downsample;
import io.souffleur.multimodal.SlicePlan;
import java.lang.foreign.MemorySegment;

/**
 * An image as the tower takes it.
 *
 * @param plan extent as decoded, slices, patches
 * @param downsample mode that the tokens are counted in
 * @param patches U8 [plan.patches(), 3 · patchSize²]; of the receiver from now on
 * @param hash names the image for caches
 */
public record PreparedImage(
    SlicePlan plan, Downsample downsample, MemorySegment patches, ContentHash hash) {
  /** Visual tokens, and so placeholders. */
  public long tokens() {
    return plan.tokens(downsample);
  }
}
