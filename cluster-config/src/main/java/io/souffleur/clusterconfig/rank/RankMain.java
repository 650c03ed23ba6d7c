package io.souffleur.clusterconfig.rank;

import io.souffleur.clusterconfig.Version;
import io.souffleur.shard.Rank;
import io.souffleur.shard.RankSeat;
import io.souffleur.shard.RankServer;
import io.souffleur.transport.RankHello;
import io.souffleur.transport.TransportSettings;
import java.io.IOException;
import java.util.List;

/** Entry point of a rank process; started by its front only. */
public final class RankMain {
  private RankMain() {}

  public static void main(String[] arguments) {
    List<String> words = List.of(arguments);
    RankSeat seat = RankSeat.parse(words);
    RankRecipe recipe = RankRecipe.parse(RankSeat.rest(words));
    new RankServer(seat, TransportSettings.DEFAULT).run(ownSeat -> rank(recipe, ownSeat));
  }

  private static Rank rank(RankRecipe recipe, RankSeat seat) throws IOException {
    // Never closed: a rank ends with its process.
    LoadedRank loaded = LoadedRank.onFiles(recipe, seat);
    return new Rank(
        loaded.runner(),
        new RankHello(
            ProcessHandle.current().pid(),
            recipe.layout(),
            recipe.capacity(),
            loaded.fingerprint(),
            Version.text()));
  }
}
