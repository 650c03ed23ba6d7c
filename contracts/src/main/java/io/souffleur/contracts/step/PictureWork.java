package io.souffleur.contracts.step;

import java.util.ArrayList;
import java.util.List;

/**
 * What a plan says about pictures: patch images to encode before the runs, and rows of the runs that take
 * rows of the feature store in the place of their tokens' embeddings.
 *
 * <p>Rows that are encoded may be taken in the same plan. Nothing that is taken is written otherwise, so a
 * plan can run again. Mutable and reused; part of its {@link StepPlan}.
 */
public final class PictureWork {
  private static final int TAKE_INTS = 3;

  private final List<PatchEncode> encodes = new ArrayList<>();
  private final IntList takes = new IntList();

  void clear() {
    encodes.clear();
    takes.clear();
  }

  public boolean isEmpty() {
    return encodes.isEmpty() && takes.size() == 0;
  }

  public void addEncode(PatchEncode encode) {
    encodes.add(encode);
  }

  /**
   * Rows take features.
   *
   * @param row index in {@link StepPlan#token} of the first
   * @param featureRow of the store, for the first
   * @param count rows, at least 1; they rise from call to call
   */
  public void take(int row, int featureRow, int count) {
    takes.add(row);
    takes.add(featureRow);
    takes.add(count);
  }

  public int encodeCount() {
    return encodes.size();
  }

  public PatchEncode encode(int index) {
    return encodes.get(index);
  }

  /** Patch images of all encodes. */
  public int imageCount() {
    int images = 0;
    for (int i = 0; i < encodes.size(); i++) {
      images += encodes.get(i).images();
    }
    return images;
  }

  public int takeCount() {
    return takes.size() / TAKE_INTS;
  }

  public int takenByRow(int index) {
    return takes.get(index * TAKE_INTS);
  }

  public int takenFeature(int index) {
    return takes.get(index * TAKE_INTS + 1);
  }

  public int takenRows(int index) {
    return takes.get(index * TAKE_INTS + 2);
  }
}
