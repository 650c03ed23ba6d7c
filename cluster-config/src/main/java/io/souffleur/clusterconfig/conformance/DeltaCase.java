package io.souffleur.clusterconfig.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.kernels.DeltaShape;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.Runs;
import io.souffleur.kernels.StateView;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One golden case of the gated delta rule: several sequences in one call.
 *
 * <p>Goldens give the gates themselves, the kernel computes them: b and a are chosen so that
 * σ(b) = beta and −softplus(a) = g, with A_log and dt_bias 0. Sequence i reads slot i (if the case has
 * initial states) and writes slot n + i.
 */
final class DeltaCase {
  private final GoldenFile goldens;
  private final String name;
  private final int batch;
  private final int tokens;
  private final DeltaShape shape;
  private final boolean initialState;

  DeltaCase(GoldenFile goldens, String name, JsonNode facts) {
    this.goldens = goldens;
    this.name = name;
    this.batch = facts.path("batch").asInt();
    this.tokens = facts.path("len").asInt();
    int heads = facts.path("heads").asInt();
    this.shape = new DeltaShape(
        heads, heads, facts.path("k_dim").asInt(), facts.path("v_dim").asInt(), 2);
    this.initialState = facts.path("initial_state").asBoolean();
  }

  /** Largest difference of outputs and final states. */
  double error(Kernels kernels, Arena arena) throws IOException {
    int rows = batch * tokens;
    Tensor conv = Tensor.allocate(arena, DType.F32, rows, shape.channels());
    int keys = shape.keyHeads() * shape.keyDim();
    int values = shape.valueHeads() * shape.valueDim();
    fill(conv, 0, keys, shape.channels(), goldens.floats(name + ".q"));
    fill(conv, keys, keys, shape.channels(), goldens.floats(name + ".k"));
    fill(conv, 2 * keys, values, shape.channels(), goldens.floats(name + ".v"));
    int columns = shape.projectionColumns();
    Tensor projection = Tensor.allocate(arena, DType.F32, rows, columns);
    int heads = shape.valueHeads();
    fill(projection, shape.bColumn(), heads, columns, inputsOfBeta());
    fill(projection, shape.bColumn() + heads, heads, columns, inputsOfDecay());

    int stateFloats = Math.toIntExact(shape.stateElements());
    long slotBytes = OpsSuite.align(DType.F32.bytes(stateFloats));
    MemorySegment pool = arena.allocate(2L * batch * slotBytes, Tensor.ALIGNMENT_BYTES);
    var runs = new Runs(arena, batch, 1);
    for (int i = 0; i < batch; i++) {
      runs.addRun(tokens, initialState ? 1 : 0, initialState ? i : Runs.NO_SLOT, batch + i);
      if (initialState) {
        MemorySegment.copy(
            goldens.floats(name + ".initial_state"),
            i * stateFloats,
            pool,
            ValueLayout.JAVA_FLOAT,
            i * slotBytes,
            stateFloats);
      }
    }
    Tensor zeros = Tensor.allocate(arena, DType.F32, heads);
    Tensor out = Tensor.allocate(arena, DType.F32, rows, values);
    kernels.gatedDelta(
        conv, projection, zeros, zeros, shape, runs, new StateView(pool, slotBytes, 0), out);

    float[] states = new float[batch * stateFloats];
    for (int i = 0; i < batch; i++) {
      MemorySegment.copy(
          pool,
          ValueLayout.JAVA_FLOAT,
          (batch + i) * slotBytes,
          states,
          i * stateFloats,
          stateFloats);
    }
    return Math.max(
        GoldenFile.largestError(
            goldens.floats(name + ".out"), out.memory().toArray(ValueLayout.JAVA_FLOAT)),
        GoldenFile.largestError(goldens.floats(name + ".final_state"), states));
  }

  /** Writes rows of {@code width} values into columns from {@code column} on. */
  private static void fill(Tensor tensor, int column, int width, int columns, float[] values) {
    for (int i = 0; i < values.length; i++) {
      tensor.setFloat((long) (i / width) * columns + column + i % width, values[i]);
    }
  }

  private float[] inputsOfBeta() throws IOException {
    float[] inputs = goldens.floats(name + ".beta");
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) Math.log(inputs[i] / (1.0 - inputs[i]));
    }
    return inputs;
  }

  private float[] inputsOfDecay() throws IOException {
    float[] inputs = goldens.floats(name + ".g");
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) Math.log(Math.expm1(-(double) inputs[i]));
    }
    return inputs;
  }
}
