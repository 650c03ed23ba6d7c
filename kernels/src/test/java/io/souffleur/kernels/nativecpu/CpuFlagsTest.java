package io.souffleur.kernels.nativecpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CpuFlagsTest {
  @Test
  void namesTheInstructionsThatAreMissing() {
    CpuFlags haswell = CpuFlags.parse(
        List.of("processor : 0", "flags\t\t: fpu avx2 fma f16c bmi1 bmi2 movbe", "bugs :"));
    assertEquals(Optional.empty(), haswell.missingFor(InstructionForm.X86_64_V3));
    assertEquals(
        Optional.of("CPU instructions avx512f avx512bw avx512cd avx512dq avx512vl avx512_bf16"),
        haswell.missingFor(InstructionForm.AVX512BF16));
  }

  @Test
  void saysThatTheFlagsLineIsMissing() {
    assertEquals(
        Optional.of("a flags line in /proc/cpuinfo"),
        CpuFlags.parse(List.of("model name : x")).missingFor(InstructionForm.X86_64_V3));
  }
}
