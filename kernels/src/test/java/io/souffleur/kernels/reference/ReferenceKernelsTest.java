package io.souffleur.kernels.reference;

import static io.souffleur.testkit.TensorAssertions.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.Runs;
import io.souffleur.kernels.StateView;
import io.souffleur.kernels.WeightForm;
import io.souffleur.tensor.Bf16;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The twin against numbers computed by hand. */
class ReferenceKernelsTest {
  private final Arena arena = Arena.ofConfined();
  private final Kernels kernels = new ReferenceProvider().open(4);

  @AfterEach
  void release() {
    kernels.close();
    arena.close();
  }

  private Tensor floats(float[] values, long... dims) {
    return Tensor.ofFloats(arena, values, dims);
  }

  private Tensor empty(long... dims) {
    return Tensor.allocate(arena, DType.F32, dims);
  }

  private static float[] values(Tensor tensor) {
    return tensor.memory().toArray(ValueLayout.JAVA_FLOAT);
  }

  private PackedLinear packed(WeightForm form, int slices, Tensor... parts) {
    int outputs = 0;
    for (Tensor part : parts) {
      outputs += part.shape().intDim(0);
    }
    long bytes = kernels.panelBytes(form, outputs, parts[0].shape().intDim(1));
    return kernels.pack(List.of(parts), form, slices, arena.allocate(bytes, 64));
  }

  @Test
  void linearStacksItsParts() {
    Tensor x = floats(new float[] {1, 2, 3, -1, 0, 1}, 2, 3);
    PackedLinear weights = packed(
        WeightForm.F32,
        1,
        floats(new float[] {1, 1, 1, 2, 0, -1}, 2, 3),
        floats(new float[] {0, 0.5f, 0}, 1, 3));
    Tensor out = empty(2, 3);
    kernels.linear(x, weights, 2, out);
    assertClose("product", new float[] {6, -1, 1, 0, -3, 0}, values(out), 0);
    kernels.linearAdd(x, weights, 1, out);
    assertClose("sum", new float[] {12, -2, 2, 0, -3, 0}, values(out), 0);
  }

  @Test
  void bf16WeightsMeetInputsRoundedToBf16() {
    float fine = 1 + 0x1p-9f;
    PackedLinear weights = packed(WeightForm.BF16, 1, floats(new float[] {fine, 3}, 1, 2));
    Tensor out = empty(1, 1);
    kernels.linear(floats(new float[] {5, fine}, 1, 2), weights, 1, out);
    assertEquals(8f, out.getFloat(0));
  }

  @Test
  void weightsOfEveryFileTypeArePacked() {
    Tensor bf16 = Tensor.allocate(arena, DType.BF16, 1, 1);
    bf16.memory().set(ValueLayout.JAVA_SHORT, 0, Bf16.fromFloat(2.5f));
    Tensor f16 = Tensor.allocate(arena, DType.F16, 1, 1);
    f16.memory().set(ValueLayout.JAVA_SHORT, 0, Float.floatToFloat16(-0.125f));
    PackedLinear weights = packed(WeightForm.F32, 1, bf16, f16, floats(new float[] {3}, 1, 1));
    Tensor out = empty(1, 3);
    kernels.linear(floats(new float[] {2}, 1, 1), weights, 1, out);
    assertClose("product", new float[] {5, -0.25f, 6}, values(out), 0);
  }

  @Test
  void slicesAreAddedInABinaryTree() {
    // Slice sums 1e8, 1, -1e8, 1: in F32 both halves of the tree swallow their 1.
    float[] x = new float[64];
    x[0] = 1e8f;
    x[16] = 1;
    x[32] = -1e8f;
    x[48] = 1;
    float[] ones = new float[64];
    java.util.Arrays.fill(ones, 1);
    Tensor out = empty(1, 1);
    kernels.linear(floats(x, 1, 64), packed(WeightForm.F32, 4, floats(ones, 1, 64)), 1, out);
    assertEquals((1e8f + 1f) + (-1e8f + 1f), out.getFloat(0));
    kernels.linear(floats(x, 1, 64), packed(WeightForm.F32, 1, floats(ones, 1, 64)), 1, out);
    assertEquals(1f, out.getFloat(0));
  }

  @Test
  void panelsMustFitTogether() {
    assertThrows(
        IllegalArgumentException.class, () -> packed(WeightForm.F32, 1, empty(1, 2), empty(1, 3)));
    assertEquals(0, kernels.panelBytes(WeightForm.BF16, 3, 7) % 64);
  }

  @Test
  void embedReadsF32AndBf16AndRefusesForeignIds() {
    Tensor ids = Tensor.allocate(arena, DType.I32, 2);
    ids.setInt(0, 1);
    Tensor out = empty(2, 2);
    kernels.embed(floats(new float[] {1, 2, 3, 4}, 2, 2), ids, 2, out);
    assertClose("rows", new float[] {3, 4, 1, 2}, values(out), 0);
    Tensor bf16 = Tensor.allocate(arena, DType.BF16, 2, 2);
    bf16.memory().setAtIndex(ValueLayout.JAVA_SHORT, 3, Bf16.fromFloat(-7));
    kernels.embed(bf16, ids, 1, out);
    assertClose("rows", new float[] {0, -7, 1, 2}, values(out), 0);
    ids.setInt(1, 2);
    assertThrows(IndexOutOfBoundsException.class, () -> kernels.embed(bf16, ids, 2, out));
  }

  @Test
  void rmsNormDividesByTheRootOfTheMeanSquare() {
    Tensor out = empty(1, 2);
    kernels.rmsNorm(floats(new float[] {3, 4}, 1, 2), floats(new float[] {1, 2}, 2), 0f, 1, out);
    float root = (float) Math.sqrt(12.5);
    assertClose("norm", new float[] {3 / root, 8 / root}, values(out), 1e-7);
  }

  @Test
  void siluMulPairsGatesWithUps() {
    Tensor out = empty(1, 2);
    kernels.siluMul(floats(new float[] {0, 2, 5, 3}, 1, 4), 1, out);
    assertClose("product", new float[] {0, (float) (6 / (1 + Math.exp(-2)))}, values(out), 1e-6);
  }

  @Test
  void rotaryFollowsThePositionsOfEachRun() {
    Tensor frequencies = empty(2);
    kernels.inverseFrequencies(100, 2, frequencies);
    assertClose("frequencies", new float[] {1, 0.1f}, values(frequencies), 1e-8);
    var runs = new Runs(arena, 2, 1);
    runs.addRun(1, 0, Runs.NO_SLOT, 0);
    runs.addRun(2, 30, 0, 1);
    Tensor out = empty(3, 4);
    kernels.rotary(runs, frequencies, out);
    assertClose(
        "angles",
        new float[] {
          1,
          1,
          0,
          0,
          (float) Math.cos(30),
          (float) Math.cos(3),
          (float) Math.sin(30),
          (float) Math.sin(3),
          (float) Math.cos(31),
          (float) Math.cos(3.1),
          (float) Math.sin(31),
          (float) Math.sin(3.1)
        },
        values(out),
        1e-6);
  }

  @Test
  void selectRowsTakesThemInTheOrderAsked() {
    Tensor index = Tensor.allocate(arena, DType.I32, 2);
    index.setInt(0, 2);
    Tensor out = empty(2, 1);
    kernels.selectRows(floats(new float[] {5, 6, 7}, 3, 1), index, 2, out);
    assertClose("rows", new float[] {7, 5}, values(out), 0);
  }

  @Test
  void convolutionCarriesItsWindowFromSlotToSlot() {
    var shape = new DeltaShape(1, 1, 1, 1, 3);
    Tensor weight = floats(new float[] {1, 10, 100, 0, 0, 1, 0, 0, 1}, 3, 3);
    MemorySegment pool = arena.allocate(2 * 64, 64);
    var windows = new StateView(pool, 64, 0);
    Tensor projection = empty(3, shape.projectionColumns());
    for (int row = 0; row < 3; row++) {
      projection.setFloat((long) row * shape.projectionColumns(), row + 1);
    }
    Tensor whole = empty(3, 3);
    var runs = new Runs(arena, 1, 1);
    runs.addRun(3, 0, Runs.NO_SLOT, 0);
    kernels.causalConv(projection, weight, shape, runs, windows, whole);
    assertClose("first", new float[] {100, 0, 0, 210, 0, 0, 321, 0, 0}, values(whole), 1e-4);
    assertClose(
        "window", new float[] {2, 3}, pool.asSlice(0, 8).toArray(ValueLayout.JAVA_FLOAT), 0);
    Tensor next = empty(1, 3);
    runs.clear();
    runs.addRun(1, 3, 0, 1);
    kernels.causalConv(projection.rows(0, 1), weight, shape, runs, windows, next);
    assertClose("next", new float[] {132, 0, 0}, values(next), 1e-4);
    assertClose(
        "window", new float[] {3, 1}, pool.asSlice(64, 8).toArray(ValueLayout.JAVA_FLOAT), 0);
    assertClose(
        "old window", new float[] {2, 3}, pool.asSlice(0, 8).toArray(ValueLayout.JAVA_FLOAT), 0);
  }

  @Test
  void deltaRuleForgetsCorrectsAndReads() {
    var shape = new DeltaShape(1, 1, 1, 1, 2);
    // q = k = 1 after the norm; v = 4; b = 0 gives beta 1/2; a = 0 gives decay e^-ln 2 = 1/2.
    Tensor conv = floats(new float[] {1, 1, 4}, 1, 3);
    Tensor projection = empty(1, shape.projectionColumns());
    MemorySegment pool = arena.allocate(2 * 64, 64);
    pool.set(ValueLayout.JAVA_FLOAT, 0, 6f);
    var runs = new Runs(arena, 1, 1);
    runs.addRun(1, 5, 0, 1);
    Tensor out = empty(1, 1);
    kernels.gatedDelta(
        conv, projection, empty(1), empty(1), shape, runs, new StateView(pool, 64, 0), out);
    // S = 6/2 = 3; S + (4 - 3)/2 = 3.5
    assertEquals(3.5f, out.getFloat(0), 1e-5f);
    assertEquals(3.5f, pool.get(ValueLayout.JAVA_FLOAT, 64), 1e-5f);
    assertEquals(6f, pool.get(ValueLayout.JAVA_FLOAT, 0));
  }

  @Test
  void gatedNormMayRunInPlace() {
    var shape = new DeltaShape(1, 1, 1, 2, 2);
    Tensor projection = empty(1, shape.projectionColumns());
    projection.setFloat(shape.zColumn(), 2);
    Tensor x = floats(new float[] {1, 1}, 1, 2);
    kernels.gatedNorm(x, projection, floats(new float[] {3, 3}, 2), 0f, shape, 1, x);
    assertClose("norm", new float[] {(float) (6 / (1 + Math.exp(-2))), 0}, values(x), 1e-6);
  }

  @Test
  void attentionReadsOnlyUpToItsOwnPosition() {
    int dim = 2;
    var kv = new KvView(arena.allocate(2 * 64, 64), 64, 0, 1, 1, dim, DType.F32);
    kv.pool().fill((byte) 0x7F);
    var runs = new Runs(arena, 1, 2);
    runs.addRun(2, 0, Runs.NO_SLOT, 0);
    runs.addPage(1);
    runs.addPage(0);
    // Columns: query, gate, key, value.
    Tensor projection = floats(
        new float[] {
          1, 1, 0, 0, 1, 1, 5, 7,
          1, 1, 0, 0, 1, 1, 9, 1
        },
        2,
        8);
    Tensor ones = floats(new float[] {1, 1}, 2);
    Tensor noRotation = floats(new float[] {1, 0, 1, 0}, 2, 2);
    Tensor query = empty(2, dim);
    Tensor out = empty(2, dim);
    kernels.attentionInputs(projection, ones, ones, 0f, noRotation, runs, 1, kv, query);
    kernels.attention(query, projection, runs, 1, kv, out);
    // Gate 0 halves; the second row sees two equal keys.
    assertClose("attended", new float[] {2.5f, 3.5f, 3.5f, 2f}, values(out), 1e-6);
  }
}
