package io.souffleur.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel set refuses the same wrong operands, with the same words. */
class OperandChecksTest {
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void free() {
    arena.close();
  }

  static Stream<KernelProvider> sets() {
    return KernelProviders.all().stream().filter(provider -> provider.missing().isEmpty());
  }

  private Tensor f32(long... dims) {
    return Tensor.allocate(arena, DType.F32, dims);
  }

  private static Tensor readOnly(Tensor tensor) {
    return new Tensor(tensor.memory().asReadOnly(), tensor.dtype(), tensor.shape());
  }

  private static void refuses(String message, Executable call) {
    var refusal = assertThrows(RuntimeException.class, call);
    assertTrue(refusal.getMessage().contains(message), refusal.toString());
  }

  @ParameterizedTest
  @MethodSource("sets")
  void namesTheOperandThatIsWrong(KernelProvider provider) {
    Tensor table = f32(10, 4);
    Tensor ids = KernelSets.ints(arena, 1, 10);
    Tensor weight = f32(4);
    Tensor bytes = Tensor.allocate(arena, DType.BF16, 2, 4);
    try (Kernels kernels = provider.open(1)) {
      refuses("token id 10 of a vocabulary of 10", () -> kernels.embed(table, ids, 2, f32(2, 4)));
      refuses("ids is F32, must be I32", () -> kernels.embed(table, f32(2), 2, f32(2, 4)));
      refuses("table is I32", () -> kernels.embed(ids, ids, 1, f32(2, 4)));
      refuses("out is read-only", () -> kernels.embed(table, ids, 1, readOnly(f32(2, 4))));
      refuses(
          "x has 4 elements, needs 8", () -> kernels.rmsNorm(f32(1, 4), weight, 1, 2, f32(2, 4)));
      refuses("x is BF16, must be F32", () -> kernels.rmsNorm(bytes, weight, 1, 2, f32(2, 4)));
      refuses("gateUp has 8 elements, needs 16", () -> kernels.siluMul(f32(1, 8), 2, f32(2, 4)));
      refuses("row 10 of x", () -> kernels.selectRows(table, ids, 2, f32(2, 4)));
      refuses(
          "part [2, 4] among matrices of 3 inputs",
          () -> kernels.pack(
              List.of(f32(1, 3), f32(2, 4)), WeightForm.F32, 1, arena.allocate(1 << 16, 64)));
      refuses(
          "logits has 8 elements, needs 12",
          () -> kernels.sample(f32(2, 4), 6, new SamplingTable(arena, 2), 2, ids));
      refuses(
          "3 rows of 4 logits, table of 2 rows",
          () -> kernels.sample(f32(3, 4), 4, new SamplingTable(arena, 2), 3, ids));
    }
  }

  @ParameterizedTest
  @MethodSource("sets")
  void namesHeadsThatDoNotFit(KernelProvider provider) {
    Runs runs = new Runs(arena, 1, 1);
    runs.addRun(1, 0, Runs.NO_SLOT, 0);
    runs.addPage(0);
    var kv = new KvView(arena.allocate(4096, 64), 4096, 0, 4, 2, 8, DType.F32);
    var integers = new KvView(arena.allocate(4096, 64), 4096, 0, 4, 2, 8, DType.I32);
    try (Kernels kernels = provider.open(1)) {
      refuses(
          "3 heads over 2 key heads",
          () -> kernels.attention(f32(1, 24), f32(1, 56), runs, 3, kv, f32(1, 24)));
      refuses(
          "cache is I32",
          () -> kernels.attention(f32(1, 16), f32(1, 48), runs, 2, integers, f32(1, 16)));
    }
  }
}
