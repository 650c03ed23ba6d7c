package io.souffleur.clusterconfig.cli;

import java.util.List;

/** Reads launch options in tests the way {@code souffleur serve} does. */
public final class LaunchWords {
  private LaunchWords() {}

  public static LaunchOptions options(String... words) {
    try {
      return LaunchReader.read(FlagParser.parse(FlagTable.SERVE, List.of(words)))
          .options();
    } catch (UsageError | LaunchError refused) {
      throw new IllegalArgumentException(refused.getMessage(), refused);
    }
  }
}
