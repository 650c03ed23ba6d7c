package io.souffleur.kernels.reference;

import io.souffleur.kernels.OperandChecks;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.WeightForm;
import io.souffleur.tensor.Bf16;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Matrix products on row-major panels: each k slice in ascending k, then the fixed binary tree. */
final class LinearLoops {
  private static final long PANEL_GRAIN_BYTES = 64;

  private float[] inputRows = new float[0];
  private float[] weightRow = new float[0];
  private final float[] sliceSums = new float[PackedLinear.SLICES_MAX];

  static long panelBytes(WeightForm form, int outputs, int inputs) {
    long bytes = dtype(form).bytes(Math.multiplyExact((long) outputs, (long) inputs));
    return Math.addExact(bytes, PANEL_GRAIN_BYTES - 1) / PANEL_GRAIN_BYTES * PANEL_GRAIN_BYTES;
  }

  static PackedLinear pack(List<Tensor> parts, WeightForm form, int slices, MemorySegment panels) {
    int outputs = OperandChecks.stackedRows(parts);
    int inputs = OperandChecks.columns(parts.getFirst());
    long element = 0;
    for (Tensor part : parts) {
      for (long i = 0; i < part.elements(); i++) {
        Numbers.write(panels, dtype(form), element++, Numbers.read(part, i));
      }
    }
    panels.asSlice(dtype(form).bytes(element)).fill((byte) 0);
    return new PackedLinear(panels, form, outputs, inputs, slices);
  }

  void apply(Tensor x, PackedLinear weights, int rows, boolean add, Tensor out) {
    int inputs = weights.inputs();
    int outputs = weights.outputs();
    OperandChecks.f32(x, (long) rows * inputs, "x");
    OperandChecks.output(out, (long) rows * outputs, "out");
    readInputs(x, rows * inputs, weights.form());
    for (int n = 0; n < outputs; n++) {
      readWeights(weights, n);
      for (int r = 0; r < rows; r++) {
        float product = slicedDot(r * inputs, inputs, weights.slices());
        long at = (long) r * outputs + n;
        out.setFloat(at, add ? out.getFloat(at) + product : product);
      }
    }
  }

  private void readInputs(Tensor x, int count, WeightForm form) {
    if (inputRows.length < count) {
      inputRows = new float[count];
    }
    MemorySegment.copy(x.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, inputRows, 0, count);
    if (form == WeightForm.BF16) {
      for (int i = 0; i < count; i++) {
        inputRows[i] = Bf16.round(inputRows[i]);
      }
    }
  }

  private void readWeights(PackedLinear weights, int row) {
    int inputs = weights.inputs();
    if (weightRow.length < inputs) {
      weightRow = new float[inputs];
    }
    long first = (long) row * inputs;
    for (int k = 0; k < inputs; k++) {
      weightRow[k] = Numbers.read(weights.panels(), dtype(weights.form()), first + k);
    }
  }

  private float slicedDot(int from, int inputs, int slices) {
    int width = inputs / slices;
    for (int s = 0; s < slices; s++) {
      float sum = 0f;
      for (int k = s * width; k < (s + 1) * width; k++) {
        sum += inputRows[from + k] * weightRow[k];
      }
      sliceSums[s] = sum;
    }
    for (int count = slices; count > 1; count /= 2) {
      for (int s = 0; s < count / 2; s++) {
        sliceSums[s] = sliceSums[2 * s] + sliceSums[2 * s + 1];
      }
    }
    return sliceSums[0];
  }

  private static DType dtype(WeightForm form) {
    return form == WeightForm.BF16 ? DType.BF16 : DType.F32;
  }
}
