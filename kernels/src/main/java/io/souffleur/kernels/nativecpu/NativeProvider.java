package io.souffleur.kernels.nativecpu;

import io.souffleur.kernels.KernelProvider;
import io.souffleur.kernels.Kernels;
import java.util.Optional;

/** A provider of one instruction form; its library is loaded by the first {@link #open}. */
abstract sealed class NativeProvider implements KernelProvider
    permits Avx512Bf16Provider, X8664V3Provider {
  private final InstructionForm form;

  NativeProvider(InstructionForm form) {
    this.form = form;
  }

  @Override
  public final String name() {
    return form.providerName();
  }

  @Override
  public final int preference() {
    return form.preference();
  }

  @Override
  public final Optional<String> missing() {
    return CpuFlags.ofThisMachine().missingFor(form);
  }

  @Override
  public final Kernels open(int threads) {
    missing().ifPresent(what -> {
      throw new IllegalStateException(name() + " cannot run here: it needs " + what);
    });
    return new NativeKernels(form, library(), threads);
  }

  /** The form's library, loaded once per process. */
  abstract NativeLibrary library();
}
