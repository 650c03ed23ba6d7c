package io.souffleur.multimodal.prepare;

import io.souffleur.multimodal.source.MediaLimits;
import io.souffleur.multimodal.source.MediaRefused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Decodes images on threads of its own, as many as there are cores, behind a bounded queue.
 *
 * <pre>
 *   submit ──▶ queue (waitingMax; full: refused) ──▶ threads ──▶ patches in the caller's memory
 *                 │ cancelled: forgotten                │ cancelled or late: told to stop
 *                                                       │ does not stop: stuck, another thread takes over
 * </pre>
 *
 * <p>A decoder that runs late is refused to its client at once and told to stop: readers notice between
 * rows and when they read input. One that does neither cannot be ended in a JVM; after a grace its
 * thread counts as stuck and is replaced. Threads are never more than {@code threads + stuckMax}; at
 * {@code stuckMax} new images are refused, and the process that hosts the pool should be replaced, which
 * {@link #stuckThreads} tells it. A stuck decoder keeps the memory it took until it ends, if ever.
 *
 * <p>Thread-safe. Fields that count are guarded by this.
 */
public final class MediaPool implements AutoCloseable {
  private static final long GRACE_MILLIS = 250;

  private final MediaLimits limits;
  private final ImageDecoding decoding;
  private final ArrayBlockingQueue<Preparation> queue;
  private final ScheduledThreadPoolExecutor clock;
  private final Set<Thread> running = new HashSet<>();
  private final Set<Preparation> inDecoding = new HashSet<>();
  private final int threads;
  private int started;
  private int live;
  private int stuck;
  private long faults;
  private boolean closed;

  /** A pool that runs from {@link #start} on. */
  public MediaPool(int threads, MediaLimits limits) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads: at least 1 is expected");
    }
    this.threads = threads;
    this.limits = limits;
    this.decoding = new ImageDecoding(limits);
    this.queue = new ArrayBlockingQueue<>(limits.server().waitingMax());
    this.clock = new ScheduledThreadPoolExecutor(
        1, Thread.ofPlatform().daemon().name("media-clock").factory());
    clock.setRemoveOnCancelPolicy(true);
    clock.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  /** Starts the threads. */
  public synchronized MediaPool start() {
    while (live < threads) {
      startThread();
    }
    return this;
  }

  private void startThread() {
    live++;
    running.add(Thread.ofPlatform().daemon().name("media-" + started++).start(new Decoder()));
  }

  /**
   * Puts {@code work} at the end of the queue.
   *
   * @throws MediaRefused BUSY when the queue is full or too many decoders are stuck
   */
  public Preparation submit(ImageWork work) throws MediaRefused {
    var preparation = new Preparation(work, queue::remove);
    synchronized (this) {
      if (closed || stuck >= limits.decode().stuckMax()) {
        throw busy("images cannot be decoded just now");
      }
      if (!queue.offer(preparation)) {
        throw busy(limits.server().waitingMax() + " images are waiting to be decoded, the limit");
      }
    }
    return preparation;
  }

  private static MediaRefused busy(String why) {
    return new MediaRefused(MediaRefused.Reason.BUSY, why);
  }

  /** Images that wait. */
  public int waiting() {
    return queue.size();
  }

  /** Decoders that did not end when told to, now. */
  public synchronized int stuckThreads() {
    return stuck;
  }

  /** Errors of our own, not of an image, since the start. */
  public synchronized long faults() {
    return faults;
  }

  /** Bytes of heap that decoders have taken, by estimate. */
  public long decodeBytes() {
    return decoding.heapBytes();
  }

  /** Refuses what waits, ends idle threads, and tells decoders to stop without waiting for them. */
  @Override
  public void close() {
    var left = new ArrayList<Preparation>();
    synchronized (this) {
      closed = true;
      running.forEach(Thread::interrupt);
      left.addAll(inDecoding);
    }
    queue.drainTo(left);
    left.forEach(Preparation::cancel);
    clock.shutdownNow();
  }

  /** What one thread does: an image after the other, until it is stuck or the pool is closed. */
  private final class Decoder implements Runnable {
    private Preparation current;
    private boolean isStuck;

    @Override
    public void run() {
      try {
        while (true) {
          Preparation next = queue.take();
          if (begin(next)) {
            decode(next);
            if (!end()) {
              return;
            }
          }
        }
      } catch (InterruptedException poolClosed) {
        Thread.currentThread().interrupt();
      } finally {
        onExit();
      }
    }

    private void decode(Preparation next) throws InterruptedException {
      ScheduledFuture<?> alarm = clock.schedule(
          () -> onLate(next), limits.decode().timeout().toMillis(), TimeUnit.MILLISECONDS);
      try {
        decoding.run(next);
      } catch (MediaRefused refused) {
        next.refuse(refused);
      } catch (RuntimeException | Error fault) {
        onFault(next, fault);
      } finally {
        alarm.cancel(false);
      }
    }

    private void onLate(Preparation late) {
      late.refuse(new MediaRefused(
          MediaRefused.Reason.TIMEOUT,
          "decoding the image took longer than " + limits.decode().timeout().toMillis() + " ms"));
      clock.schedule(() -> onGraceOver(late), GRACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void onGraceOver(Preparation late) {
      synchronized (MediaPool.this) {
        if (current == late && !isStuck) {
          isStuck = true;
          stuck++;
          live--;
          if (!closed && stuck <= limits.decode().stuckMax()) {
            startThread();
          }
        }
      }
    }

    private boolean begin(Preparation next) {
      synchronized (MediaPool.this) {
        if (closed) {
          next.cancel();
        }
        if (next.ended()) {
          return false;
        }
        current = next;
        inDecoding.add(next);
        return true;
      }
    }

    /** Whether this thread goes on: not if another took its place. */
    private boolean end() {
      synchronized (MediaPool.this) {
        inDecoding.remove(current);
        current = null;
        if (isStuck) {
          isStuck = false;
          stuck--;
          live++;
        }
        return live <= threads && !closed;
      }
    }

    private void onFault(Preparation next, Throwable fault) {
      synchronized (MediaPool.this) {
        faults++;
      }
      next.refuse(fault);
    }

    private void onExit() {
      synchronized (MediaPool.this) {
        running.remove(Thread.currentThread());
        live--;
      }
    }
  }
}
