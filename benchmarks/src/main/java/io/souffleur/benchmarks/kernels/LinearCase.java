package io.souffleur.benchmarks.kernels;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.WeightForm;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A product whose weights are taken in turn from enough copies to defeat the caches. */
final class LinearCase implements KernelCase {
  private static final long WORKING_SET_BYTES = 192L << 20;

  private final WeightForm form;
  private final int rows;
  private final int outputs;
  private final int inputs;
  private final boolean sliced;
  private final Tensor x;
  private final Tensor out;
  private final List<PackedLinear> copies = new ArrayList<>();
  private int next;

  LinearCase(
      Arena arena,
      Kernels kernels,
      WeightForm form,
      int rows,
      int outputs,
      int inputs,
      boolean sliced) {
    this.form = form;
    this.rows = rows;
    this.outputs = outputs;
    this.inputs = inputs;
    this.sliced = sliced;
    Random random = new Random(1);
    x = Fill.gaussian(Tensor.allocate(arena, DType.F32, rows, inputs), random);
    out = Tensor.allocate(arena, DType.F32, rows, outputs);
    Tensor w = Fill.gaussian(Tensor.allocate(arena, DType.F32, outputs, inputs), random);
    long bytes = kernels.panelBytes(form, outputs, inputs);
    long count = rows > 16 ? 1 : Math.max(1, WORKING_SET_BYTES / bytes);
    int slices = sliced ? PackedLinear.rowParallelSlices(inputs) : 1;
    for (long i = 0; i < count; i++) {
      copies.add(kernels.pack(List.of(w), form, slices, arena.allocate(bytes, 64)));
    }
  }

  @Override
  public String name() {
    return "linear"
        + (sliced ? "Add " : " ")
        + form
        + " M="
        + rows
        + " N="
        + outputs
        + " K="
        + inputs;
  }

  @Override
  public double operations() {
    return 2.0 * rows * outputs * inputs;
  }

  @Override
  public double bytes() {
    return copies.getFirst().panels().byteSize();
  }

  @Override
  public void run(Kernels kernels) {
    PackedLinear weights = copies.get(next++ % copies.size());
    if (sliced) {
      kernels.linearAdd(x, weights, rows, out);
    } else {
      kernels.linear(x, weights, rows, out);
    }
  }
}
