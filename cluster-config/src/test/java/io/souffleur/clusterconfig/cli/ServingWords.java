package io.souffleur.clusterconfig.cli;

import java.util.List;

/** Reads the options of a measurement in tests the way {@code souffleur bench serving} does. */
public final class ServingWords {
  private ServingWords() {}

  public static ServingOptions options(List<String> words) {
    try {
      return ServingReader.read(FlagParser.parse(ServingFlags.TABLE, words), words);
    } catch (UsageError | LaunchError refused) {
      throw new IllegalArgumentException(refused.getMessage(), refused);
    }
  }
}
