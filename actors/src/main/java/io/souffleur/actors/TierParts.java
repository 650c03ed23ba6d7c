package io.souffleur.actors;

import io.souffleur.cache.tier.TierKey;
import io.souffleur.contracts.tier.TierKind;
import io.souffleur.scheduler.TierLimits;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a replica keeps below its caches. Immutable.
 *
 * @param folder where records outlive the server; empty: in the run directory, until the server ends
 * @param key what the bytes of records depend on beside tokens
 * @param states ignored for models without recurrent layers
 */
public record TierParts(
    Optional<Path> folder, TierKey key, Room pages, Room states, TierLimits limits) {
  /**
   * Room for one kind.
   *
   * @param fileBytesMax of its files
   * @param cells through which its bytes travel
   */
  public record Room(long fileBytesMax, int cells) {
    public Room {
      if (fileBytesMax < 1 || cells < 2) {
        throw new IllegalArgumentException(
            "a tier needs room for files and at least two cells, got " + fileBytesMax + " B and "
                + cells + " cells");
      }
    }
  }

  Room room(TierKind kind) {
    return kind == TierKind.PAGE ? pages : states;
  }

  /** Bytes of a page or slot. */
  long payloadBytes(TierKind kind) {
    return kind == TierKind.PAGE ? key.layout().pageBytes() : key.layout().slotBytes();
  }

  /** Shared memory that cells take, and the files where they lie there too. */
  long sharedBytes() {
    long bytes = 0;
    for (TierKind kind : TierKind.values()) {
      if (payloadBytes(kind) > 0) {
        bytes += payloadBytes(kind) * room(kind).cells();
        bytes += folder.isEmpty() ? room(kind).fileBytesMax() : 0;
      }
    }
    return bytes;
  }
}
