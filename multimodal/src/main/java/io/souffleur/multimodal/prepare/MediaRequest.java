package io.souffleur.multimodal.prepare;

import io.souffleur.multimodal.source.MediaBytes;
import io.souffleur.multimodal.source.MediaKind;
import io.souffleur.multimodal.source.MediaRefused;
import io.souffleur.multimodal.source.RequestBudget;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The pictures of one request. Closing it cancels what is under way and gives back its budget: once,
 * when the request ends, however it ends.
 *
 * <p>Thread-safe; its sets are guarded by this.
 */
public final class MediaRequest implements AutoCloseable {
  private final MediaIntake intake;
  private final byte[] tenantSalt;
  private final RequestBudget budget;
  private final Set<Thread> loading = new HashSet<>();
  private final Set<Preparation> preparing = new HashSet<>();
  private boolean closed;

  MediaRequest(MediaIntake intake, byte[] tenantSalt) {
    this.intake = intake;
    this.tenantSalt = tenantSalt.clone();
    this.budget = intake.budget().open();
  }

  /**
   * Loads and prepares an image, beside others of the request. The future fails with a
   * {@link MediaRefused}; its dependents run on a pool thread and must be quick.
   */
  public CompletableFuture<PreparedImage> image(
      String source, ImageSettings settings, PatchMemory memory) {
    var result = new CompletableFuture<PreparedImage>();
    Thread loader = Thread.ofVirtual()
        .name("media-load")
        .unstarted(() -> load(source, settings, memory, result));
    synchronized (this) {
      if (closed) {
        result.completeExceptionally(cancelled());
        return result;
      }
      loading.add(loader);
    }
    loader.start();
    return result;
  }

  private void load(
      String source,
      ImageSettings settings,
      PatchMemory memory,
      CompletableFuture<PreparedImage> result) {
    try {
      MediaBytes bytes = intake.loader().load(source, MediaKind.IMAGE, budget);
      submit(new ImageWork(bytes.bytes(), settings, tenantSalt, memory, budget), result);
    } catch (MediaRefused | RuntimeException refused) {
      result.completeExceptionally(refused);
    } finally {
      synchronized (this) {
        loading.remove(Thread.currentThread());
      }
    }
  }

  private void submit(ImageWork work, CompletableFuture<PreparedImage> result) throws MediaRefused {
    Preparation preparation;
    synchronized (this) {
      if (closed) {
        throw cancelled();
      }
      preparation = intake.pool().submit(work);
      preparing.add(preparation);
    }
    preparation.result().whenComplete((image, refused) -> {
      onPrepared(preparation);
      if (refused != null) {
        result.completeExceptionally(refused);
      } else {
        result.complete(image);
      }
    });
  }

  private synchronized void onPrepared(Preparation preparation) {
    preparing.remove(preparation);
  }

  private static MediaRefused cancelled() {
    return new MediaRefused(MediaRefused.Reason.CANCELLED, "the request has ended");
  }

  @Override
  public void close() {
    Set<Preparation> left;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      loading.forEach(Thread::interrupt);
      left = Set.copyOf(preparing);
    }
    left.forEach(Preparation::cancel);
    budget.close();
  }
}
