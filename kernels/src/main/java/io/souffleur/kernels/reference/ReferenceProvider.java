package io.souffleur.kernels.reference;

import io.souffleur.kernels.KernelProvider;
import io.souffleur.kernels.Kernels;
import java.util.Optional;

/** Provider of {@link ReferenceKernels}; ready on every machine and the last choice of {@code auto}. */
public final class ReferenceProvider implements KernelProvider {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public Optional<String> missing() {
    return Optional.empty();
  }

  /** Single-threaded whatever {@code threads} says. */
  @Override
  public Kernels open(int threads) {
    return new ReferenceKernels();
  }
}
