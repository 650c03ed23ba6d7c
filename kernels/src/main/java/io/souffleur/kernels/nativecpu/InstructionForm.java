package io.souffleur.kernels.nativecpu;

import java.util.List;

/** Machine instruction sets that the C sources are compiled for, and what each asks of the CPU. */
enum InstructionForm {
  /** AVX-512 with BF16 dot products. */
  AVX512BF16(
      "avx512bf16",
      20,
      16,
      "avx2 fma f16c bmi1 bmi2 movbe avx512f avx512bw avx512cd avx512dq avx512vl avx512_bf16"),
  /** AVX2 and FMA: any x86-64 server or desktop since about 2013. */
  X86_64_V3("x86-64-v3", 10, 8, "avx2 fma f16c bmi1 bmi2 movbe");

  /** Version of the C sources' arithmetic; raise it when a bit of any result changes on purpose. */
  static final int ARITHMETIC_VERSION = 1;

  private final String label;
  private final int preference;
  private final int lanes;
  private final List<String> cpuFlags;

  InstructionForm(String label, int preference, int lanes, String cpuFlags) {
    this.label = label;
    this.preference = preference;
    this.lanes = lanes;
    this.cpuFlags = List.of(cpuFlags.split(" "));
  }

  /** Name of the form's folder and binary. */
  String label() {
    return label;
  }

  /** Name of the provider that runs this form. */
  String providerName() {
    return "native-" + label;
  }

  int preference() {
    return preference;
  }

  /** F32 values in one register. */
  int lanes() {
    return lanes;
  }

  /** Flags that Linux must list for the CPU. */
  List<String> cpuFlags() {
    return cpuFlags;
  }
}
