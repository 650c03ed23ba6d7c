package io.souffleur.multimodal.prepare;

import io.souffleur.multimodal.source.MediaRefused;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * An image on its way through a {@link MediaPool}.
 *
 * <p>Ends once: prepared, refused, timed out or cancelled. Thread-safe.
 */
public final class Preparation {
  private final ImageWork work;
  private final Runnable onCancel;
  private final CompletableFuture<PreparedImage> result = new CompletableFuture<>();

  /** @param onCancel run after a cancellation, so that a queue can forget this */
  Preparation(ImageWork work, Consumer<Preparation> onCancel) {
    this.work = work;
    this.onCancel = () -> onCancel.accept(this);
  }

  /**
   * Completed by a pool thread, so dependents must be quick. Fails with a {@link MediaRefused}. Complete it
   * yourself only through {@link #cancel}.
   */
  public CompletableFuture<PreparedImage> result() {
    return result;
  }

  /** Nobody waits for the image any more. Without effect once it has ended. */
  public void cancel() {
    if (refuse(
        new MediaRefused(MediaRefused.Reason.CANCELLED, "preparing the image was cancelled"))) {
      onCancel.run();
    }
  }

  ImageWork work() {
    return work;
  }

  /** Whether whoever works on it may stop. */
  boolean ended() {
    return result.isDone();
  }

  boolean refuse(Throwable refused) {
    return result.completeExceptionally(refused);
  }

  boolean deliver(PreparedImage image) {
    return result.complete(image);
  }
}
