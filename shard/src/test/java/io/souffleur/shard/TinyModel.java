package io.souffleur.shard;

import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.kernels.KernelProvider;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.models.ComputeType;
import io.souffleur.models.Decoder;
import io.souffleur.models.LoadFormat;
import io.souffleur.models.ModelLoader;
import io.souffleur.models.Progress;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.testkit.GoldenFolders;
import java.io.IOException;
import java.util.stream.Stream;

/** A golden model of three or four layers on one kernel set. */
final class TinyModel implements AutoCloseable {
  static final int PAGE_TOKENS = 16;

  /** Three gated delta layers and one of attention. */
  static final String HYBRID = "text-tied";

  /** Attention layers only. */
  static final String DENSE = "text-qwen3";

  /** What the test is run on. */
  record Case(String provider, ComputeType computeType) {
    @Override
    public String toString() {
      return provider + " " + computeType;
    }
  }

  final Kernels kernels;
  final Decoder decoder;

  TinyModel(Case on, int threads) throws IOException {
    this(HYBRID, on, threads);
  }

  TinyModel(String folder, Case on, int threads) throws IOException {
    kernels = KernelProviders.choose(on.provider()).open(threads);
    decoder = new ModelLoader(LoadFormat.SAFETENSORS)
        .load(
            GoldenFolders.path(folder),
            kernels,
            on.computeType(),
            PanelStore.inMemory(),
            Progress.NONE);
  }

  /** Every kernel set that this machine can run, in both number formats. */
  static Stream<Case> cases() {
    return KernelProviders.all().stream()
        .filter(provider -> provider.missing().isEmpty())
        .map(KernelProvider::name)
        .flatMap(name ->
            Stream.of(ComputeType.FLOAT32, ComputeType.BFLOAT16).map(type -> new Case(name, type)));
  }

  CacheLayout layout() {
    return decoder.cacheLayout(PAGE_TOKENS);
  }

  int vocabulary() {
    return decoder.summary().vocabSize();
  }

  @Override
  public void close() {
    decoder.close();
    kernels.close();
  }
}
