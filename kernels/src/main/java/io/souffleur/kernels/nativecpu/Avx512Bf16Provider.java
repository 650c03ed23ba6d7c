package io.souffleur.kernels.nativecpu;

/** The native kernel set for AVX-512 with BF16 dot products. */
public final class Avx512Bf16Provider extends NativeProvider {
  public Avx512Bf16Provider() {
    super(InstructionForm.AVX512BF16);
  }

  @Override
  NativeLibrary library() {
    return Loaded.LIBRARY;
  }

  private static final class Loaded {
    static final NativeLibrary LIBRARY = NativeLibrary.load(InstructionForm.AVX512BF16);
  }
}
