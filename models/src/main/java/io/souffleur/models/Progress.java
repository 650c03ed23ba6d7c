package io.souffleur.models;

/** Hears how far loading has come; called on the loading thread. */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (doneBytes, totalBytes) -> {};

  /** @param totalBytes the same in every call of one load */
  void onBytes(long doneBytes, long totalBytes);
}
