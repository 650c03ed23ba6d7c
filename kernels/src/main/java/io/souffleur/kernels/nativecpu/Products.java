package io.souffleur.kernels.nativecpu;

import io.souffleur.kernels.OperandChecks;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.WeightForm;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Linear maps: packing into panels of 64 outputs, and products.
 *
 * <pre>
 *   BF16   [outputs/64][inputs/2][64][2]      F32   [outputs/64][inputs][64]
 * </pre>
 *
 * <p>Outputs are padded to 64, BF16 inputs to 2, both with zeros.
 */
final class Products implements AutoCloseable {
  private static final int PANEL = 64;

  /** Rows of one task: a multiple of the register tile's 6; their tile buffer fits a first-level cache. */
  private static final int ROW_BLOCK_MAX = 96;

  private static final int ROW_BLOCK_MIN = 24;
  private static final long ACTIVATION_PAIR_BYTES = 8;
  private static final int LONGS_PER_PART = 3;

  private final NativeCall call;
  private final int threads;
  private final Scratch activations = new Scratch();

  Products(NativeCall call, int threads) {
    this.call = call;
    this.threads = threads;
  }

  static long panelBytes(WeightForm form, int outputs, int inputs) {
    long panels = (outputs + PANEL - 1L) / PANEL;
    return switch (form) {
      case F32 -> panels * inputs * PANEL * Float.BYTES;
      case BF16 -> panels * ((inputs + 1L) / 2) * 2 * PANEL * Short.BYTES;
    };
  }

  PackedLinear pack(List<Tensor> parts, WeightForm form, int slices, MemorySegment panels) {
    int outputs = OperandChecks.stackedRows(parts);
    int inputs = OperandChecks.columns(parts.getFirst());
    PackedLinear packed = new PackedLinear(panels, form, outputs, inputs, slices);
    long bytes = panelBytes(form, outputs, inputs);
    if (panels.byteSize() < bytes || panels.isReadOnly()) {
      throw new IllegalArgumentException(
          "panels have " + panels.byteSize() + " writable B, need " + bytes);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table =
          arena.allocate(ValueLayout.JAVA_LONG, (long) LONGS_PER_PART * parts.size());
      for (int i = 0; i < parts.size(); i++) {
        Tensor part = parts.get(i);
        long base = (long) LONGS_PER_PART * i;
        table.setAtIndex(ValueLayout.JAVA_LONG, base, Operand.address(part.memory(), "part"));
        table.setAtIndex(ValueLayout.JAVA_LONG, base + 1, NativeKernels.elementType(part.dtype()));
        table.setAtIndex(ValueLayout.JAVA_LONG, base + 2, part.shape().dim(0));
      }
      call.begin()
          .with(table.address())
          .with(Operand.address(panels, "panels"))
          .with(parts.size())
          .with(outputs)
          .with(inputs)
          .with(NativeKernels.elementType(dtype(form)))
          .run(Operation.PACK, (outputs + PANEL - 1) / PANEL, (long) inputs * PANEL);
    }
    return packed;
  }

  void multiply(Tensor x, PackedLinear weights, int rows, Tensor out, boolean add) {
    int inputs = weights.inputs();
    int outputs = weights.outputs();
    WeightForm form = weights.form();
    long xAddress = Operand.f32(x, (long) rows * inputs, "x");
    long outAddress = Operand.output(out, (long) rows * outputs, "out");
    long panelAddress = Operand.address(weights.panels(), "panels");
    if (weights.panels().byteSize() < panelBytes(form, outputs, inputs)) {
      throw new IllegalArgumentException("panels of " + weights + " are too short");
    }
    if (rows == 0) {
      return;
    }
    int panels = (outputs + PANEL - 1) / PANEL;
    int rowBlock = ROW_BLOCK_MAX;
    while (rowBlock > ROW_BLOCK_MIN && panels * ((rows + rowBlock - 1) / rowBlock) < 4 * threads) {
      rowBlock /= 2;
    }
    int blocks = (rows + rowBlock - 1) / rowBlock;
    long pairs = (inputs + 1L) / 2;
    call.begin()
        .with(xAddress)
        .with(
            form == WeightForm.BF16 ? activations.atLeast(rows * pairs * ACTIVATION_PAIR_BYTES) : 0)
        .with(panelAddress)
        .with(outAddress)
        .with(rows)
        .with(outputs)
        .with(inputs)
        .with(weights.slices())
        .with(NativeKernels.elementType(dtype(form)))
        .with(add ? 1 : 0)
        .with(rowBlock);
    if (form == WeightForm.BF16) {
      call.run(Operation.ROUND, rows, inputs / 8);
    }
    // Weights stream at about 20 B/ns per thread, products run at some 200 operations per ns.
    long bytes = pairs * 2 * PANEL * (form == WeightForm.BF16 ? Short.BYTES : Float.BYTES);
    long taskRows = Math.min(rows, rowBlock);
    call.run(
        Operation.LINEAR,
        (long) panels * blocks,
        Math.max(bytes / 20, taskRows * inputs * PANEL / 100));
  }

  private static DType dtype(WeightForm form) {
    return form == WeightForm.BF16 ? DType.BF16 : DType.F32;
  }

  @Override
  public void close() {
    activations.close();
  }
}
