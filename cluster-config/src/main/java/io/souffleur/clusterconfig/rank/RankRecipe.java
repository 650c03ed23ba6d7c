package io.souffleur.clusterconfig.rank;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.models.ComputeType;
import io.souffleur.models.LoadFormat;
import io.souffleur.shard.ShardLimits;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything a rank is made from; equal recipes on one machine make ranks that give equal bits.
 *
 * <p>A front hands it to its rank processes as arguments, so that a respawned rank is the same rank: the
 * kernel set is a name here, never {@code auto}.
 *
 * @param model checkpoint folder
 * @param format where weights come from
 * @param computeType resolved
 * @param kernelSet name of the provider
 * @param threads threads of the worker team, the rank's own included
 * @param panels folder of packed weights
 */
public record RankRecipe(
    Path model,
    LoadFormat format,
    ComputeType computeType,
    String kernelSet,
    int threads,
    Path panels,
    CacheLayout layout,
    CacheCapacity capacity,
    ShardLimits limits) {
  private static final int ARGUMENTS = 14;

  /** What {@link #parse} reads. */
  public List<String> toArguments() {
    return List.of(
        model.toString(),
        format.name(),
        computeType.name(),
        kernelSet,
        Integer.toString(threads),
        panels.toString(),
        Integer.toString(layout.pageTokens()),
        Long.toString(layout.pageBytes()),
        Long.toString(layout.slotBytes()),
        Integer.toString(capacity.pages()),
        Integer.toString(capacity.slots()),
        Integer.toString(limits.seatsMax()),
        Integer.toString(limits.rowsMax()),
        Integer.toString(limits.seatPagesMax()));
  }

  public static RankRecipe parse(List<String> arguments) {
    if (arguments.size() != ARGUMENTS) {
      throw new IllegalArgumentException(
          "a rank's recipe has " + ARGUMENTS + " parts, got " + arguments.size());
    }
    var words = arguments.iterator();
    return new RankRecipe(
        Path.of(words.next()),
        LoadFormat.valueOf(words.next()),
        ComputeType.valueOf(words.next()),
        words.next(),
        Integer.parseInt(words.next()),
        Path.of(words.next()),
        new CacheLayout(
            Integer.parseInt(words.next()),
            Long.parseLong(words.next()),
            Long.parseLong(words.next())),
        new CacheCapacity(Integer.parseInt(words.next()), Integer.parseInt(words.next())),
        new ShardLimits(
            Integer.parseInt(words.next()),
            Integer.parseInt(words.next()),
            Integer.parseInt(words.next())));
  }
}
