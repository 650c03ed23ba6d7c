package io.souffleur.clusterconfig.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the tier below the prefix cache is asked for.
 *
 * @param folder where it outlives the server; empty: shared memory, for as long as the server runs
 * @param bytesMax of its files; empty: as the ratio says
 * @param ratio bytes of its files to bytes of the caches
 */
public record TierOptions(Optional<Path> folder, OptionalLong bytesMax, double ratio) {}
