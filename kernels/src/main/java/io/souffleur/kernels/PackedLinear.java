package io.souffleur.kernels;

import java.lang.foreign.MemorySegment;

/**
 * The weights of one linear map y = x·Wᵀ in the panel layout of the provider that packed them.
 *
 * @param panels provider-private bytes, 64-byte aligned, owned by the panel file or arena they lie in
 * @param outputs n, rows of W: outputs of one row; several stacked maps (q, k, v) may share one panel
 * @param inputs k, columns of W
 * @param slices number of fixed k slices, each summed in ascending k and then added in one binary
 *     tree (((0+1)+(2+3))+((4+5)+(6+7))); 1 for ordinary products. Fixed for a model whatever the
 *     parallel layout, so that splitting k over ranks changes no bit.
 */
public record PackedLinear(
    MemorySegment panels, WeightForm form, int outputs, int inputs, int slices) {
  /** Slices are multiples of this many inputs. */
  public static final int SLICE_GRAIN = 16;

  /** Most slices a row-parallel product is cut into. */
  public static final int SLICES_MAX = 8;

  public PackedLinear {
    if (outputs <= 0 || inputs <= 0) {
      throw new IllegalArgumentException("linear map of " + outputs + " x " + inputs);
    }
    if (slices != 1
        && (Integer.bitCount(slices) != 1
            || slices > SLICES_MAX
            || inputs % (slices * SLICE_GRAIN) != 0)) {
      throw new IllegalArgumentException(slices + " slices of " + inputs + " inputs");
    }
  }

  /** Slices of a row-parallel product (o, out, down projections) over {@code inputs} inputs. */
  public static int rowParallelSlices(int inputs) {
    int slices = SLICES_MAX;
    while (slices > 1 && inputs % (slices * SLICE_GRAIN) != 0) {
      slices >>= 1;
    }
    return slices;
  }
}
