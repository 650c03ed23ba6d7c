package io.souffleur.models.weight;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Remembers content digests of files that did not change since. */
public interface DigestMemory {
  /** Remembers nothing. */
  DigestMemory NONE = new DigestMemory() {
    @Override
    public Optional<String> recall(Path file) {
      return Optional.empty();
    }

    @Override
    public void remember(Path file, String digest) {
      // Nothing is kept.
    }
  };

  /** The digest of {@code file}, if it was remembered for exactly this state of the file. */
  Optional<String> recall(Path file) throws IOException;

  void remember(Path file, String digest) throws IOException;
}
