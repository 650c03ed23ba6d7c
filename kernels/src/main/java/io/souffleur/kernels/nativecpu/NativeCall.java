package io.souffleur.kernels.nativecpu;

import io.souffleur.kernels.team.ChunkTask;
import io.souffleur.kernels.team.WorkerTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The argument block of the next native call, and its distribution over the team.
 *
 * <p>Arguments are appended in the order of the operation's C struct, 8 bytes each: addresses,
 * integers and doubles. Owned by one {@link NativeKernels}, used by its one calling thread.
 */
final class NativeCall implements ChunkTask, AutoCloseable {
  /** Scratch of one worker: the attention tiles of {@code HEAD_DIM_MAX} need most. */
  static final long WORKER_SCRATCH_BYTES = 512 << 10;

  /** Keeps the workers' scratch out of each other's cache sets. */
  private static final long WORKER_STRIDE_BYTES = WORKER_SCRATCH_BYTES + 4096 + 64;

  private static final int ARGUMENTS_MAX = 32;

  /** Work below this estimate is not worth waking a second thread for. */
  private static final long SHARED_NANOS_MIN = 8_000;

  /** Aimed at length of a chunk: long against a claim, short against the call. */
  private static final long CHUNK_NANOS = 10_000;

  private static final int CHUNKS_PER_THREAD_MIN = 2;
  private static final int CHUNKS_PER_THREAD_MAX = 64;

  private final NativeLibrary library;
  private final WorkerTeam team;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment arguments = arena.allocate(ARGUMENTS_MAX * 8L, 64);
  private final long scratch;
  private int count;
  private int operation;
  private long tasks;
  private long chunkTasks;

  NativeCall(NativeLibrary library, WorkerTeam team) {
    this.library = library;
    this.team = team;
    this.scratch = arena.allocate(WORKER_STRIDE_BYTES * team.threads(), 4096).address();
  }

  NativeCall begin() {
    count = 0;
    return this;
  }

  /** Appends an address or an integer. */
  NativeCall with(long value) {
    arguments.set(ValueLayout.JAVA_LONG, 8L * count++, value);
    return this;
  }

  NativeCall withReal(double value) {
    arguments.set(ValueLayout.JAVA_DOUBLE, 8L * count++, value);
    return this;
  }

  /**
   * Runs all tasks of an operation and returns when they are done.
   *
   * @param taskNanos rough cost of one task; decides only how the tasks are cut into chunks
   */
  void run(Operation op, long taskCount, long taskNanos) {
    if (taskCount <= 0) {
      return;
    }
    operation = op.ordinal();
    tasks = taskCount;
    long threads = team.threads();
    long nanos = taskCount * Math.max(1, taskNanos);
    long chunks = nanos < SHARED_NANOS_MIN
        ? 1
        : Math.clamp(
            nanos / CHUNK_NANOS, CHUNKS_PER_THREAD_MIN * threads, CHUNKS_PER_THREAD_MAX * threads);
    chunks = Math.min(chunks, taskCount);
    chunkTasks = (taskCount + chunks - 1) / chunks;
    team.run(this, (int) ((taskCount + chunkTasks - 1) / chunkTasks));
  }

  @Override
  public void run(int worker, int chunk) {
    long first = chunk * chunkTasks;
    library.run(
        operation,
        arguments.address(),
        scratch + worker * WORKER_STRIDE_BYTES,
        first,
        Math.min(first + chunkTasks, tasks));
  }

  @Override
  public void close() {
    arena.close();
  }
}
