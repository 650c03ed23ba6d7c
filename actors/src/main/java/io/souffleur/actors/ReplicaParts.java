package io.souffleur.actors;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.contracts.step.StepExecutor;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.scheduler.EngineSettings;
import io.souffleur.shard.RankSeat;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.TransportSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the composition root supplies so that a replica can be built, and rebuilt, without this module
 * knowing models or kernels. Immutable.
 *
 * @param settings limits of the engine loop
 * @param layout sizes of pages and slots
 * @param capacity number of pages and slots
 * @param supply where the rank lives
 * @param tier what is kept below the caches, if anything is
 */
public record ReplicaParts(
    EngineSettings settings,
    CacheLayout layout,
    CacheCapacity capacity,
    RankSupply supply,
    Optional<TierParts> tier) {
  /** Without a tier. */
  public ReplicaParts(
      EngineSettings settings, CacheLayout layout, CacheCapacity capacity, RankSupply supply) {
    this(settings, layout, capacity, supply, Optional.empty());
  }

  /** Where the rank of a replica lives. */
  public sealed interface RankSupply {}

  /** The rank is the engine loop's thread; its stores are memory of this process. */
  public record InThread(LocalRank opener) implements RankSupply {}

  /**
   * The rank is a process of its own; its stores are files in the run directory.
   *
   * @param command the whole command line of a rank; the arguments of its main class begin with
   *     {@link RankSeat#toArguments}
   * @param expected what a rank's hello must say, process id aside
   * @param runParent folder in which the run directory is made
   * @param transport sizes of the step streams; the rank's must be the same
   */
  public record InProcess(
      Function<RankSeat, List<String>> command,
      RankHello expected,
      Path runParent,
      TransportSettings transport)
      implements RankSupply {}

  /** Opens a rank inside this process. */
  @FunctionalInterface
  public interface LocalRank {
    /**
     * Called once per epoch, on the host dispatcher, and may take as long as loading does. Weights may be
     * kept from epoch to epoch, stores may not.
     *
     * @throws Exception when the rank can never run here; the message is the reason
     */
    OpenedRank open(long epoch) throws Exception;
  }

  /**
   * A rank that is ready inside this process.
   *
   * @param executor executes steps on the thread that offers them
   * @param release gives back what the rank took for the epoch (buffers, stores); called when the thread
   *     has ended and the executor is closed
   * @param cells told before the first step where the cells of the tier lie
   */
  public record OpenedRank(StepExecutor executor, Runnable release, CellConnector cells) {
    /** A rank that cannot have a tier. */
    public OpenedRank(StepExecutor executor, Runnable release) {
      this(executor, release, files -> {
        throw new IOException("this rank has no way to a tier");
      });
    }
  }

  /** Opens the cells of the tier for a rank in this process. */
  @FunctionalInterface
  public interface CellConnector {
    /** @param files of the cells of each kind that the tier keeps */
    void connect(Map<TierKind, Path> files) throws IOException;
  }
}
