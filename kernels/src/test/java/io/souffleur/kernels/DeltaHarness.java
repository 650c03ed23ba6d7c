package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

/** Convolution, gated delta rule and gated norm; two slots per sequence, written in turn. */
final class DeltaHarness extends LayerHarness {
  private final DeltaShape shape;
  private final StateView windows;
  private final StateView states;
  private final Tensor weight;
  private final Tensor aLog;
  private final Tensor dtBias;
  private final Tensor norm;
  private final int[] steps;
  private int slots = 2;

  DeltaHarness(Arena arena, int sequences, int tokens, DeltaShape shape) {
    super(
        arena, sequences, tokens, shape.projectionColumns(), shape.valueHeads() * shape.valueDim());
    this.shape = shape;
    windows = view(arena, sequences, shape.windowElements());
    states = view(arena, sequences, shape.stateElements());
    Random random = new Random(KernelSets.SEED + 2);
    weight = KernelSets.random(arena, random, 0.5f, shape.channels(), shape.convWidth());
    aLog = KernelSets.random(arena, random, 1f, shape.valueHeads());
    dtBias = KernelSets.random(arena, random, 1f, shape.valueHeads());
    norm = KernelSets.random(arena, random, 1f, shape.valueDim());
    steps = new int[sequences];
  }

  private static StateView view(Arena arena, int sequences, long elements) {
    long offset = 128;
    long stride = (offset + elements * Float.BYTES + 63) / 64 * 64;
    return new StateView(arena.allocate(stride * sequences * 2, 64), stride, offset);
  }

  /** From now on a sequence reads and writes one slot. */
  void useOneSlot() {
    slots = 1;
  }

  @Override
  void reset() {
    windows.pool().fill((byte) 0xFF);
    states.pool().fill((byte) 0xFF);
    Arrays.fill(steps, 0);
  }

  @Override
  void addRun(Runs runs, Part part, int firstPosition) {
    int turn = steps[part.sequence()]++;
    int base = 2 * part.sequence();
    runs.addRun(
        part.rows(),
        firstPosition,
        firstPosition == 0 ? Runs.NO_SLOT : base + turn % slots,
        base + (turn + 1) % slots);
  }

  @Override
  void forward(Kernels kernels, Runs runs, Tensor projection, Tensor out) {
    try (Arena step = Arena.ofConfined()) {
      Tensor conv = Tensor.allocate(step, DType.F32, runs.rows(), shape.channels());
      kernels.causalConv(projection, weight, shape, runs, windows, conv);
      kernels.gatedDelta(conv, projection, aLog, dtBias, shape, runs, states, out);
      kernels.gatedNorm(out, projection, norm, 1e-6f, shape, runs.rows(), out);
    }
  }
}
