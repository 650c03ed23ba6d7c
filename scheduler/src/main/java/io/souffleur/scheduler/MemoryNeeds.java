package io.souffleur.scheduler;

import io.souffleur.contracts.memory.CacheLayout;
import java.util.List;

/**
 * What a model and its processes ask of memory.
 *
 * @param layout sizes of one KV page and one recurrent-state slot
 * @param weightBytes weights as they lie in memory, packed panels included
 * @param contextLength most tokens of one request
 * @param step what computing a step takes
 * @param others what lies beside all that, such as heaps
 */
public record MemoryNeeds(
    CacheLayout layout, long weightBytes, int contextLength, Step step, List<Other> others) {
  /**
   * Buffers of the largest step.
   *
   * @param rowBytes for each row
   * @param logitRowBytes more for each running request, whose logits are wanted
   * @param prefillRows most prompt rows of a step
   */
  public record Step(long rowBytes, long logitRowBytes, int prefillRows) {
    long bytes(long running) {
      return (running + prefillRows) * rowBytes + running * logitRowBytes;
    }
  }

  /** @param bytes at most, once the plan is known */
  public record Other(String name, Bytes bytes) {}

  /** A size that depends on how memory is divided. */
  @FunctionalInterface
  public interface Bytes {
    long of(int running, int pages);
  }

  public MemoryNeeds {
    others = List.copyOf(others);
  }

  long otherBytes(int running, int pages) {
    return others.stream().mapToLong(other -> other.bytes().of(running, pages)).sum();
  }

  /** Weights and caches only. */
  public MemoryNeeds(CacheLayout layout, long weightBytes, int contextLength) {
    this(layout, weightBytes, contextLength, new Step(0, 0, 0), List.of());
  }
}
