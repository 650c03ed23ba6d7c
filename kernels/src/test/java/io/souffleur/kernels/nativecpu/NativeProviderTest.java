package io.souffleur.kernels.nativecpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.souffleur.kernels.KernelProvider;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.WeightForm;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeProviderTest {
  private static KernelProvider ready(String name) {
    KernelProvider provider = KernelProviders.all().stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow();
    assumeTrue(
        provider.missing().isEmpty(),
        () -> name + " needs " + provider.missing().orElseThrow());
    return provider;
  }

  @ParameterizedTest
  @ValueSource(strings = {"native-avx512bf16", "native-x86-64-v3"})
  void hasAFingerprintOfItsOwnThatNamesTheBinary(String name) {
    KernelProvider provider = ready(name);
    try (Kernels first = provider.open(1);
        Kernels second = provider.open(2)) {
      assertEquals(first.fingerprint(), second.fingerprint());
      assertTrue(first.fingerprint().matches(name + "/\\d+/[0-9a-f]{16}"), first.fingerprint());
    }
  }

  @Test
  void formsAreDifferentKernelSets() {
    try (Kernels wide = ready("native-avx512bf16").open(1);
        Kernels narrow = ready("native-x86-64-v3").open(1)) {
      assertNotEquals(wide.fingerprint(), narrow.fingerprint());
    }
  }

  @Test
  void autoPrefersTheWidestForm() {
    ready("native-avx512bf16");
    assertEquals(
        "native-avx512bf16", KernelProviders.choose(KernelProviders.AUTO).name());
  }

  @ParameterizedTest
  @ValueSource(strings = {"native-avx512bf16", "native-x86-64-v3"})
  void refusesUnknownOperations(String name) {
    ready(name);
    NativeLibrary library = NativeLibrary.load(
        name.endsWith("v3") ? InstructionForm.X86_64_V3 : InstructionForm.AVX512BF16);
    assertThrows(
        IllegalStateException.class, () -> library.run(Operation.values().length, 0, 0, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"native-avx512bf16", "native-x86-64-v3"})
  void allocatesNothingPerCall(String name) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Arena arena = Arena.ofConfined();
        Kernels kernels = ready(name).open(2)) {
      Tensor x = Tensor.allocate(arena, DType.F32, 4, 256);
      Tensor weight = Tensor.allocate(arena, DType.F32, 256);
      Tensor out = Tensor.allocate(arena, DType.F32, 4, 256);
      PackedLinear linear = kernels.pack(
          List.of(Tensor.allocate(arena, DType.F32, 256, 256)),
          WeightForm.BF16,
          8,
          arena.allocate(kernels.panelBytes(WeightForm.BF16, 256, 256), 64));
      long bytes = 0;
      for (int round = 0; round < 2; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 20_000; i++) {
          kernels.rmsNorm(x, weight, 1e-6f, 4, out);
          kernels.linearAdd(out, linear, 4, x);
        }
        bytes = threads.getCurrentThreadAllocatedBytes() - before;
      }
      // A page of slack for the measurement itself and a late compilation.
      assertTrue(bytes < 4096, bytes + " B in 40,000 calls");
    }
  }
}
