package io.souffleur.kernels.nativecpu;

/** The native kernel set for AVX2 and FMA. */
public final class X8664V3Provider extends NativeProvider {
  public X8664V3Provider() {
    super(InstructionForm.X86_64_V3);
  }

  @Override
  NativeLibrary library() {
    return Loaded.LIBRARY;
  }

  private static final class Loaded {
    static final NativeLibrary LIBRARY = NativeLibrary.load(InstructionForm.X86_64_V3);
  }
}
