package io.souffleur.actors;

import io.souffleur.shard.RankSeat;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Starts ranks; the seam between the actor that owns a rank and the operating system. */
@FunctionalInterface
interface RankLauncher {
  /**
   * @param onExit hears once, on any thread, that the rank is dead and reaped
   * @throws IOException when no rank could be started
   */
  RankLink launch(RankSeat seat, Consumer<RankExit> onExit) throws IOException;

  /** The hold on a started rank. Letting go of it (the front's death) ends the rank. */
  interface RankLink {
    long pid();

    /** Ends the rank without asking it; {@code onExit} follows. Idempotent. */
    void kill();

    /** Waits for the end; false when it did not come in time. */
    boolean awaitExit(Duration timeout);

    /**
     * The last line the rank wrote, stack frames and the JVM's own crash notice aside, for the reason of
     * its end; empty when it wrote none.
     */
    String lastWords();
  }
}
