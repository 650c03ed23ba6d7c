package io.souffleur.multimodal;

/** Patches of one patch image (a source view or a slice), in rows and columns. */
public record PatchGrid(int rows, int columns) {
  static PatchGrid of(ImageSize size, int patchSize) {
    return new PatchGrid(size.height() / patchSize, size.width() / patchSize);
  }

  public int patches() {
    return rows * columns;
  }
}
