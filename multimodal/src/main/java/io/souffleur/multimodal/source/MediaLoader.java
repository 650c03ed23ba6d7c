package io.souffleur.multimodal.source;

/**
 * From the text that a client wrote to the bytes it means. Blocks while it fetches or reads; thread-safe.
 */
public final class MediaLoader {
  private final MediaLimits limits;
  private final MediaFetcher fetcher;
  private final LocalFiles files;

  /** The caller closes {@code fetcher}. */
  public MediaLoader(MediaLimits limits, MediaFetcher fetcher, LocalFiles files) {
    this.limits = limits;
    this.fetcher = fetcher;
    this.files = files;
  }

  /** Bytes of the kind that the part of the message names; they stay taken from {@code budget}. */
  public MediaBytes load(String source, MediaKind kind, RequestBudget budget) throws MediaRefused {
    budget.takeItem();
    int bytesMax = limits.bytesMax(kind);
    byte[] bytes = bytes(source, bytesMax, budget);
    try {
      return new MediaBytes(MediaType.checked(bytes, kind), bytes);
    } catch (MediaRefused refused) {
      budget.giveBytes(bytes.length);
      throw refused;
    }
  }

  private byte[] bytes(String source, int bytesMax, RequestBudget budget) throws MediaRefused {
    return switch (MediaSource.parse(source, bytesMax)) {
      case MediaSource.Inline inline -> {
        budget.takeBytes(inline.bytes().length);
        yield inline.bytes();
      }
      case MediaSource.Remote remote -> fetcher.fetch(remote.url(), bytesMax, budget);
      case MediaSource.Local local -> files.read(local.path(), bytesMax, budget);
    };
  }
}
