package io.souffleur.actors;

import io.souffleur.shard.RankSeat;
import io.souffleur.transport.FrontStepChannel;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.StepAddress;
import io.souffleur.transport.TransportNode;
import java.nio.file.Path;

/**
 * How ranks are started and reached: the real ways of a node, or fakes in tests. Immutable.
 *
 * @param launcher starts ranks
 * @param opener opens the engine's end of a rank's streams
 * @param expected what a rank's hello must say
 * @param runDirectory where the files of the caches lie
 * @param driverDirectory where the media driver lives
 */
record RankHost(
    RankLauncher launcher,
    Opener opener,
    RankHello expected,
    Path runDirectory,
    Path driverDirectory) {
  /** Opens a channel; may wait for the driver for some milliseconds. */
  @FunctionalInterface
  interface Opener {
    FrontStepChannel open(StepAddress address);
  }

  static RankHost of(ReplicaParts.InProcess supply, TransportNode node, Path run, Path driver) {
    return new RankHost(
        new RankSpawner(supply.command()), node::openFront, supply.expected(), run, driver);
  }

  RankSeat seat(StepAddress address) {
    return new RankSeat(address, runDirectory, driverDirectory);
  }
}
