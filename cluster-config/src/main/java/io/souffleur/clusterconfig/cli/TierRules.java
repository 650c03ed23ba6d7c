package io.souffleur.clusterconfig.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The flags of the tier below the prefix cache. SGLang's host tier is a multiple of the device's pools or
 * a number of gigabytes; so it is here, in files instead of pinned memory.
 */
final class TierRules {
  private static final String FOLDER = "--cache-dir";
  private static final String FOLDER_BYTES = "--cache-dir-max-bytes";
  private static final String HOST = "--enable-hierarchical-cache";
  private static final String HOST_GIGABYTES = "--hicache-size";
  private static final long GIGABYTE = 1_000_000_000L;

  private TierRules() {}

  /** @param prefixes whether there will be anything to keep */
  static Optional<TierOptions> read(ParsedFlags flags, boolean prefixes, List<String> notices)
      throws LaunchError {
    Optional<Path> folder = flags.text(FOLDER).map(Path::of).map(Path::toAbsolutePath);
    if (folder.isEmpty() && flags.given(FOLDER_BYTES)) {
      throw new LaunchError(FOLDER_BYTES + ": there is no " + FOLDER + " that it could limit");
    }
    if (folder.isPresent() && Files.exists(folder.get()) && !Files.isDirectory(folder.get())) {
      throw new LaunchError(FOLDER + " " + folder.get() + ": this is a file");
    }
    if (folder.isEmpty() && !flags.given(HOST)) {
      return Optional.empty();
    }
    if (!prefixes) {
      notices.add((folder.isPresent() ? FOLDER : HOST) + " keeps nothing: no prefix is kept");
      return Optional.empty();
    }
    return Optional.of(
        new TierOptions(folder, bytesMax(flags), flags.real("--hicache-ratio").orElseThrow()));
  }

  private static OptionalLong bytesMax(ParsedFlags flags) throws LaunchError {
    OptionalLong bytes = flags.number(FOLDER_BYTES);
    long gigabytes = flags.number(HOST_GIGABYTES).orElse(0);
    return bytes.isPresent() || gigabytes == 0
        ? bytes
        : OptionalLong.of(Math.multiplyExact(gigabytes, GIGABYTE));
  }
}
