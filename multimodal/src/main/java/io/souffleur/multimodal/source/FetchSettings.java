package io.souffleur.multimodal.source;

/**
 * Where and how far this server fetches.
 *
 * @param mode {@code --media-fetch}
 * @param allow {@code --media-fetch-allow}
 */
public record FetchSettings(FetchMode mode, AllowList allow, FetchLimits limits) {
  /** Public addresses within the default limits. */
  public static final FetchSettings DEFAULT =
      new FetchSettings(FetchMode.PUBLIC, AllowList.EMPTY, FetchLimits.DEFAULT);
}
