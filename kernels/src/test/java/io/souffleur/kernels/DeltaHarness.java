package io.souffleur.kernels;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

/**
 * Convolution, gated delta rule and gated norm; two slots per sequence, written in turn, and behind
 * them one for every position that may be marked.
 */
final class DeltaHarness extends LayerHarness {
  /** Positions beyond it have no slot. */
  static final int MARKED_TOKENS_MAX = 40;

  private final DeltaShape shape;
  private final StateView windows;
  private final StateView states;
  private final Tensor weight;
  private final Tensor aLog;
  private final Tensor dtBias;
  private final Tensor norm;
  private final int[] steps;
  private final int slotsMax;
  private int slots = 2;

  DeltaHarness(Arena arena, int sequences, int tokens, DeltaShape shape) {
    super(
        arena, sequences, tokens, shape.projectionColumns(), shape.valueHeads() * shape.valueDim());
    this.shape = shape;
    slotsMax = sequences * (2 + MARKED_TOKENS_MAX);
    windows = view(arena, shape.windowElements());
    states = view(arena, shape.stateElements());
    Random random = new Random(KernelSets.SEED + 2);
    weight = KernelSets.random(arena, random, 0.5f, shape.channels(), shape.convWidth());
    aLog = KernelSets.random(arena, random, 1f, shape.valueHeads());
    dtBias = KernelSets.random(arena, random, 1f, shape.valueHeads());
    norm = KernelSets.random(arena, random, 1f, shape.valueDim());
    steps = new int[sequences];
  }

  private StateView view(Arena arena, long elements) {
    long offset = 128;
    long stride = (offset + elements * Float.BYTES + 63) / 64 * 64;
    return new StateView(arena.allocate(stride * slotsMax, 64), stride, offset);
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
    for (int rows : part.marks()) {
      runs.addMark(rows, markSlot(part.sequence(), firstPosition + rows));
    }
  }

  private int markSlot(int sequence, int position) {
    return 2 * sequences() + sequence * MARKED_TOKENS_MAX + position - 1;
  }

  /** Window and state that a mark after {@code position} tokens stored. */
  byte[] marked(int sequence, int position) {
    return slot(markSlot(sequence, position));
  }

  /** Window and state at the end of the last part. */
  byte[] committed(int sequence) {
    return slot(2 * sequence + steps[sequence] % slots);
  }

  private byte[] slot(int slot) {
    byte[] window = part(windows, slot, shape.windowElements());
    byte[] state = part(states, slot, shape.stateElements());
    byte[] both = Arrays.copyOf(window, window.length + state.length);
    System.arraycopy(state, 0, both, window.length, state.length);
    return both;
  }

  private static byte[] part(StateView view, int slot, long elements) {
    long from = slot * view.slotStrideBytes() + view.offsetBytes();
    return view.pool().asSlice(from, elements * Float.BYTES).toArray(ValueLayout.JAVA_BYTE);
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
