package io.souffleur.multimodal;

/** How many patches become one visual token: {@code downsample_mode} of MiniCPM-V 4.6. */
public enum Downsample {
  /** The merger in the middle of the tower and the final one: 16 patches a token. The default. */
  SIXTEEN("16x", 16),
  /** The final merger alone: 4 patches a token. */
  FOUR("4x", 4);

  private final String wireName;
  private final int patchesPerToken;

  Downsample(String wireName, int patchesPerToken) {
    this.wireName = wireName;
    this.patchesPerToken = patchesPerToken;
  }

  /** As requests and configuration files spell it. */
  public String wireName() {
    return wireName;
  }

  /** Visual tokens of a patch image: the one count that placeholders and features both come from. */
  public int tokens(PatchGrid grid) {
    return grid.patches() / patchesPerToken;
  }
}
