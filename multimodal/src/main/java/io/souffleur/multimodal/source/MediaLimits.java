package io.souffleur.multimodal.source;

import io.souffleur.multimodal.image.ImageLimits;

/**
 * Every limit on pictures and videos, from the text of the request to the patches.
 *
 * @param image one picture
 * @param videoBytesMax encoded bytes of one video
 * @param request one request
 * @param server all requests together
 * @param fetch one fetch
 * @param decode one decoding
 */
public record MediaLimits(
    ImageLimits image,
    int videoBytesMax,
    RequestLimits request,
    ServerLimits server,
    FetchLimits fetch,
    DecodeLimits decode) {
  private static final int VIDEO_BYTES_MAX = 64 * 1024 * 1024;

  public MediaLimits {
    if (videoBytesMax < 1) {
      throw new IllegalArgumentException("videoBytesMax " + videoBytesMax + " must be at least 1");
    }
  }

  /** The defaults, with shares of a heap of {@code heapBytes}; videos up to 64 MiB. */
  public static MediaLimits forHeap(long heapBytes) {
    return new MediaLimits(
        ImageLimits.DEFAULT,
        VIDEO_BYTES_MAX,
        RequestLimits.DEFAULT,
        ServerLimits.forHeap(heapBytes),
        FetchLimits.DEFAULT,
        DecodeLimits.DEFAULT);
  }

  /** Encoded bytes of one item of {@code kind}. */
  public int bytesMax(MediaKind kind) {
    return kind == MediaKind.IMAGE ? image.fileBytesMax() : videoBytesMax;
  }
}
