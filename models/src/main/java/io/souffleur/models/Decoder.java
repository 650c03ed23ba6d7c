package io.souffleur.models;

import io.souffleur.contracts.memory.CacheLayout;
import java.util.List;

/**
 * A language model with its weights: turns tokens and caches into logits.
 *
 * <p>Load, {@link #attach} to the caches once, then {@link #forward} step after step on one thread. Under
 * the law, logits of a sequence do not depend on the other runs of the step or on how its tokens were
 * cut into steps. Owns its weights and step buffers, not the kernels and not the caches.
 */
public interface Decoder extends AutoCloseable {
  ModelSummary summary();

  /** Bytes of pages and slots this decoder addresses when a page holds {@code pageTokens} positions. */
  CacheLayout cacheLayout(int pageTokens);

  /** One entry per layer: where in {@code memory} it keeps its part. */
  List<LayerCache> layerCaches(CacheMemory memory);

  /**
   * Takes step buffers and binds every layer to its part of {@code memory}.
   *
   * @param rowsMax most tokens of a step
   * @param logitRowsMax most logit rows of a step
   */
  void attach(CacheMemory memory, int rowsMax, int logitRowsMax);

  /**
   * Runs one step: reads and writes the caches of the step's runs and fills {@link Forward#logits}.
   *
   * <p>Allocates no Java heap. May be called again with the same step as long as the slots read and
   * written are disjoint.
   */
  void forward(Forward step);

  /**
   * Fills {@link Forward#logits} again, for another group of logit rows of the same step: any of the rows
   * of the last {@link #forward}, with the bits that they would have had there.
   */
  void head(Forward step);

  /** Installs a listener for hidden states; {@link HiddenTap#OFF} takes it away. */
  void tap(HiddenTap tap);

  /** Bytes of step buffers that {@link #attach} takes for {@code rowsMax} and {@code logitRowsMax} rows. */
  long stepBytes(int rowsMax, int logitRowsMax);

  /** Gives weights and step buffers back. */
  @Override
  void close();
}
