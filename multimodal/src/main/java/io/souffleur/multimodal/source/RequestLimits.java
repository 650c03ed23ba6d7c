package io.souffleur.multimodal.source;

/**
 * What one request may bring, over all its pictures and videos.
 *
 * @param itemsMax pictures and videos
 * @param bytesMax encoded bytes
 * @param pixelsMax decoded pixels, sum over all pictures
 * @param fetchesMax fetches at a time; more wait
 */
public record RequestLimits(int itemsMax, long bytesMax, long pixelsMax, int fetchesMax) {
  /** 64 items, 128 MiB, 200 million pixels, 4 fetches at a time. */
  public static final RequestLimits DEFAULT =
      new RequestLimits(64, 128L * 1024 * 1024, 200_000_000, 4);

  public RequestLimits {
    if (itemsMax < 1 || bytesMax < 1 || pixelsMax < 1 || fetchesMax < 1) {
      throw new IllegalArgumentException("itemsMax " + itemsMax + ", bytesMax " + bytesMax
          + ", pixelsMax " + pixelsMax + ", fetchesMax " + fetchesMax
          + ": each must be at least 1");
    }
  }
}
