package io.souffleur.clusterconfig.launch;

import io.souffleur.actors.TierParts;
import io.souffleur.actors.TierParts.Room;
import io.souffleur.cache.tier.TierKey;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import io.souffleur.clusterconfig.cli.TierOptions;
import io.souffleur.clusterconfig.rank.RankRecipe;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.models.ModelLoader;
import io.souffleur.models.Progress;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.scheduler.TierLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The sizes of the tier below the prefix cache, and what its records depend on. */
public final class TierPlan {
  /** Bytes of the cells of one kind, where the numbers below allow it. */
  private static final long CELL_BYTES = 64L << 20;

  private static final int CELLS_MIN = 3;
  private static final int CELLS_MAX = 64;

  private TierPlan() {}

  /** @param numerics fingerprint of the ranks */
  public static Optional<TierParts> of(
      LaunchOptions options, ServedModel model, EnginePlan plan, String numerics)
      throws LaunchError {
    Optional<TierOptions> asked = options.engine().cache().tier();
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    try {
      RankRecipe recipe = plan.recipe();
      return Optional.of(parts(asked.get(), recipe, key(options, model, recipe, numerics)));
    } catch (IOException unreadable) {
      throw new LaunchError("cannot read the model for its digest: " + unreadable.getMessage());
    } catch (IllegalArgumentException refused) {
      throw new LaunchError(refused.getMessage());
    }
  }

  private static TierParts parts(TierOptions asked, RankRecipe recipe, TierKey key) {
    long pageBytes = recipe.layout().pageBytes();
    long slotBytes = recipe.layout().slotBytes();
    long pages = pageBytes * recipe.capacity().pages();
    long states = slotBytes * recipe.capacity().slots();
    double share = asked.bytesMax().isPresent()
        ? (double) asked.bytesMax().getAsLong() / (pages + states)
        : asked.ratio();
    return new TierParts(
        asked.folder(),
        key,
        room(pages, share, pageBytes),
        room(Math.max(states, 1), share, Math.max(slotBytes, 1)),
        TierLimits.DEFAULT);
  }

  /** Each kind gets files in proportion to its cache: that is what the memory plan found right. */
  private static Room room(long cacheBytes, double share, long recordBytes) {
    return new Room(Math.max(1, (long) (cacheBytes * share)), cells(recordBytes));
  }

  /** Shared memory through which pages and states travel. */
  static long cellBytes(CacheLayout layout) {
    return cells(layout.pageBytes()) * layout.pageBytes()
        + (layout.slotBytes() == 0 ? 0 : cells(layout.slotBytes()) * layout.slotBytes());
  }

  private static int cells(long recordBytes) {
    return Math.clamp(CELL_BYTES / recordBytes, CELLS_MIN, CELLS_MAX);
  }

  private static TierKey key(
      LaunchOptions options, ServedModel model, RankRecipe recipe, String numerics)
      throws IOException {
    Path folder = recipe.model();
    String weights = new ModelLoader(recipe.format())
        .contentDigest(folder, PanelStore.inFolder(recipe.panels()), Progress.NONE);
    Path texts = options.model().tokenizerFolder().orElse(folder);
    Optional<Path> template = options.text().chatTemplate();
    return new TierKey(
        weights + "/" + FileDigests.of(folder, "config.json"),
        recipe.layout(),
        FileDigests.of(
            texts,
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json"),
        template.isPresent()
            ? FileDigests.of(
                template.get().toAbsolutePath().getParent(), template.get().toString())
            : FileDigests.of(texts, "chat_template.jinja", "chat_template.json"),
        numerics);
  }
}
