package io.souffleur.shard;

import io.souffleur.contracts.tier.TierKind;
import io.souffleur.transport.StepAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a rank process belongs, as its first command-line arguments.
 *
 * @param address which incarnation of which rank it is
 * @param runDirectory the run directory of its front
 * @param driverDirectory folder of the front's media driver
 */
public record RankSeat(StepAddress address, Path runDirectory, Path driverDirectory) {
  private static final int ARGUMENTS = 5;

  /** What {@link #parse} reads: rank, epoch, incarnation, run directory, driver directory. */
  public List<String> toArguments() {
    return List.of(
        Integer.toString(address.rank()),
        Long.toString(address.epoch()),
        Integer.toString(address.incarnation()),
        runDirectory.toString(),
        driverDirectory.toString());
  }

  public static RankSeat parse(List<String> arguments) {
    if (arguments.size() < ARGUMENTS) {
      throw new IllegalArgumentException(
          "a rank needs " + ARGUMENTS + " arguments, got " + arguments.size());
    }
    StepAddress address = new StepAddress(
        Integer.parseInt(arguments.get(0)),
        Long.parseLong(arguments.get(1)),
        Integer.parseInt(arguments.get(2)));
    return new RankSeat(address, Path.of(arguments.get(3)), Path.of(arguments.get(4)));
  }

  /** The arguments after those of the seat. */
  public static List<String> rest(List<String> arguments) {
    return new ArrayList<>(arguments.subList(ARGUMENTS, arguments.size()));
  }

  /** Pages of this rank; made by the front before the rank starts, outlives it. */
  public Path kvFile() {
    return storeFile("kv-cache");
  }

  /** Recurrent states of this rank; exists only for models that have some. */
  public Path stateFile() {
    return storeFile("mamba-cache");
  }

  /** Cells through which pages or states travel to the tier and back; exists only where there is one. */
  public Path cellFile(TierKind kind) {
    return storeFile(kind.label() + "-cells");
  }

  private Path storeFile(String store) {
    return runDirectory.resolve(store + "-e" + address.epoch() + "-r" + address.rank());
  }

  /** Name of the rank in logs and thread names. */
  public String name() {
    return "shard-r" + address.rank();
  }
}
