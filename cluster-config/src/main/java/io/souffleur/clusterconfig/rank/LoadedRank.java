package io.souffleur.clusterconfig.rank;

import io.souffleur.cache.store.KvStore;
import io.souffleur.cache.store.StateStore;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.kernels.KernelProviders;
import io.souffleur.kernels.Kernels;
import io.souffleur.models.Decoder;
import io.souffleur.models.ModelLoader;
import io.souffleur.models.Progress;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.shard.RankSeat;
import io.souffleur.shard.ShardRuntime;
import io.souffleur.shard.StepRunner;
import io.souffleur.transport.ArenaCells;
import io.souffleur.transport.TransportCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/**
 * One rank with all it owns: kernels, decoder, stores and the runtime that executes plans on them.
 *
 * <p>Made and driven by one thread (kernels are bound to it); {@link #close} gives everything back in
 * reverse order and may run on another thread once that one has ended.
 */
public final class LoadedRank implements AutoCloseable {
  private final Deque<AutoCloseable> stores = new ArrayDeque<>();
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final RankRecipe recipe;
  private KvStore kv;
  private StateStore state;
  private final Map<TierKind, ArenaCells> cells = new EnumMap<>(TierKind.class);
  private ShardRuntime runtime;
  private String fingerprint;

  private LoadedRank(RankRecipe recipe) {
    this.recipe = recipe;
  }

  /** Loads a rank whose stores are memory of this process. */
  public static LoadedRank inMemory(RankRecipe recipe) throws IOException {
    return load(
        recipe,
        () -> KvStore.inMemory(recipe.layout(), recipe.capacity()),
        () -> StateStore.inMemory(recipe.layout(), recipe.capacity()));
  }

  /** Loads a rank on the stores that its front has made for {@code seat}. */
  public static LoadedRank onFiles(RankRecipe recipe, RankSeat seat) throws IOException {
    LoadedRank rank = load(
        recipe,
        () -> KvStore.open(seat.kvFile(), recipe.layout(), recipe.capacity()),
        () -> recipe.layout().slotBytes() == 0
            ? StateStore.inMemory(recipe.layout(), recipe.capacity())
            : StateStore.open(seat.stateFile(), recipe.layout(), recipe.capacity()));
    Map<TierKind, Path> cells = new EnumMap<>(TierKind.class);
    for (TierKind kind : TierKind.values()) {
      if (Files.exists(seat.cellFile(kind))) {
        cells.put(kind, seat.cellFile(kind));
      }
    }
    rank.connect(cells);
    return rank;
  }

  /**
   * Packs the weights of a recipe where ranks will find them, so that their own loading only maps.
   *
   * @return the fingerprint that every rank of the recipe has
   */
  public static String prepare(RankRecipe recipe, Progress progress) throws IOException {
    try (Kernels kernels = KernelProviders.choose(recipe.kernelSet()).open(recipe.threads());
        Decoder decoder = decoder(recipe, kernels, progress)) {
      return fingerprint(kernels, decoder);
    }
  }

  @FunctionalInterface
  private interface Opener<T> {
    T open() throws IOException;
  }

  private static LoadedRank load(
      RankRecipe recipe, Opener<KvStore> keysAndValues, Opener<StateStore> states)
      throws IOException {
    LoadedRank rank = new LoadedRank(recipe);
    try {
      rank.kv = own(rank.stores, keysAndValues.open());
      rank.state = own(rank.stores, states.open());
      rank.open();
      return rank;
    } catch (IOException | RuntimeException failure) {
      rank.close();
      throw failure;
    }
  }

  private void open() throws IOException {
    Kernels kernels = own(parts, KernelProviders.choose(recipe.kernelSet()).open(recipe.threads()));
    Decoder decoder = own(parts, decoder(recipe, kernels, Progress.NONE));
    runtime =
        own(parts, new ShardRuntime(decoder, kernels, kv, state, recipe.layout(), recipe.limits()));
    runtime.connect(cells);
    fingerprint = fingerprint(kernels, decoder);
  }

  /** Opens the cells of the tier; before the first step. */
  public void connect(Map<TierKind, Path> files) throws IOException {
    for (Map.Entry<TierKind, Path> file : files.entrySet()) {
      ArenaCells opened = ArenaCells.open(file.getValue(), new TransportCounters());
      cells.put(file.getKey(), own(stores, opened));
    }
    runtime.connect(cells);
  }

  private static <T extends AutoCloseable> T own(Deque<AutoCloseable> owned, T part) {
    owned.push(part);
    return part;
  }

  /**
   * Makes everything anew but the stores, as a new process would, after a step failed half-way. On the
   * thread that drives the rank.
   *
   * @return what executes steps from now on
   */
  public StepRunner renew() throws IOException {
    close(parts);
    open();
    return runtime;
  }

  private static Decoder decoder(RankRecipe recipe, Kernels kernels, Progress progress)
      throws IOException {
    return new ModelLoader(recipe.format())
        .load(
            recipe.model(),
            kernels,
            recipe.computeType(),
            PanelStore.inFolder(recipe.panels()),
            progress);
  }

  private static String fingerprint(Kernels kernels, Decoder decoder) {
    return kernels.fingerprint() + "/" + decoder.summary().computeType();
  }

  public StepRunner runner() {
    return runtime;
  }

  /** Kernel set, instruction form, version and number format: what decides the bits of a step. */
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {
    close(parts);
    close(stores);
  }

  private static void close(Deque<AutoCloseable> owned) {
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception failure) {
        throw new IllegalStateException("a part of a rank does not close", failure);
      }
    }
  }
}
