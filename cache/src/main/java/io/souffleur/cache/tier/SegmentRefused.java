package io.souffleur.cache.tier;

/** A file that is not one of ours, not of this version, or of something else; the message says which. */
final class SegmentRefused extends Exception {
  private static final long serialVersionUID = 1L;

  SegmentRefused(String reason) {
    super(reason);
  }
}
