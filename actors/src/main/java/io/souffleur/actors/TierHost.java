package io.souffleur.actors;

import io.souffleur.cache.tier.TierCounters;
import io.souffleur.cache.tier.TierLoop;
import io.souffleur.cache.tier.TierSettings;
import io.souffleur.cache.tier.TierShelf;
import io.souffleur.shard.StepIdleStrategy;
import io.souffleur.transport.ArenaCells;
import io.souffleur.transport.SlotArena;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tier of one kind for one epoch: its cells, its store and the thread that moves bytes between them.
 *
 * <p>When that thread fails, the tier is silent from then on and the engine goes on without it. Owned by
 * a {@link CacheActor}.
 */
final class TierHost {
  private static final Logger LOG = LoggerFactory.getLogger(TierHost.class);

  private final TierLoop loop;
  private final AgentHost host;
  private final Path cells;

  private TierHost(TierLoop loop, Path cells) {
    this.loop = loop;
    this.cells = cells;
    this.host =
        new AgentHost(loop, new StepIdleStrategy(), loop.roleName(), cause -> onExit(loop, cause));
  }

  /**
   * What a tier is made from.
   *
   * @param cells file of the arena, to be made
   */
  record Plan(TierSettings settings, Path cells, int cellCount, long epoch) {}

  /** Makes the cells, reads the heads of all files, and starts the thread. */
  static TierHost start(Plan plan, TierCounters counters) throws IOException {
    TierSettings settings = plan.settings();
    SlotArena arena = SlotArena.create(
        plan.cells(),
        ArenaCells.arena(settings.kind()),
        plan.cellCount(),
        settings.payloadBytes(),
        plan.epoch());
    var tierCells = new ArenaTierCells(arena, (int) settings.payloadBytes());
    try {
      TierLoop loop = TierLoop.open(settings, tierCells, counters, LOG::warn);
      TierHost tier = new TierHost(loop, plan.cells());
      loop.shelf().wakeTierBy(tier.host::wake);
      tier.host.start();
      return tier;
    } catch (IOException | RuntimeException failure) {
      tierCells.close();
      throw failure;
    }
  }

  private static void onExit(TierLoop loop, Optional<Throwable> cause) {
    cause.ifPresent(
        failure -> LOG.error("{} ends, the engine goes on without it", loop.roleName(), failure));
    loop.shelf().end();
  }

  TierShelf shelf() {
    return loop.shelf();
  }

  /** File of the cells. */
  Path cells() {
    return cells;
  }

  String name() {
    return loop.roleName();
  }

  /** Ends the thread and closes the files; false when it does not end in time. */
  boolean close(Duration timeout) {
    if (!host.close(timeout)) {
      return false;
    }
    try {
      loop.close();
    } catch (IOException left) {
      LOG.warn("{} did not close well: {}", loop.roleName(), left.getMessage());
    }
    return true;
  }
}
