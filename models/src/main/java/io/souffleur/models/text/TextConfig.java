package io.souffleur.models.text;

import io.souffleur.kernels.DeltaShape;
import io.souffleur.models.CacheDemand;
import io.souffleur.models.StepDemand;
import io.souffleur.models.layer.FullAttention;
import io.souffleur.models.layer.GatedDelta;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.layer.LayerStack;
import io.souffleur.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * Extents and constants of a text model.
 *
 * @param attentionLayers per layer, true for full attention and false for the gated delta rule
 * @param gated whether attention layers have an output gate
 * @param rotaryDim leading columns of a head that are rotated, even
 * @param delta extents of the gated delta layers; empty for a model without them
 * @param tied whether the head is the embedding; empty when the config is silent and the file decides
 * @param eosIds token ids that end a generation, ascending, of both configs
 */
public record TextConfig(
    String modelType,
    int hiddenSize,
    int intermediateSize,
    int vocabSize,
    int contextLength,
    List<Boolean> attentionLayers,
    int heads,
    int kvHeads,
    int headDim,
    boolean gated,
    int rotaryDim,
    double ropeTheta,
    float eps,
    Optional<DeltaShape> delta,
    Optional<Boolean> tied,
    List<Integer> eosIds) {
  public TextConfig {
    attentionLayers = List.copyOf(attentionLayers);
    eosIds = List.copyOf(eosIds);
    if (delta.isEmpty() && attentionLayers.contains(false)) {
      throw new IllegalArgumentException("a layer is neither attention nor gated delta");
    }
  }

  public int layerCount() {
    return attentionLayers.size();
  }

  public int attentionLayerCount() {
    return (int) attentionLayers.stream().filter(attention -> attention).count();
  }

  /** Columns of all query heads, which an attention layer hands to its output projection. */
  public int queryColumns() {
    return heads * headDim;
  }

  /** Columns of all key heads, and of all value heads. */
  public int keyColumns() {
    return kvHeads * headDim;
  }

  /** Columns of the fused projection of an attention layer: q, with gate if there is one, k, v. */
  public int attentionColumns() {
    return (gated ? 2 : 1) * queryColumns() + 2 * keyColumns();
  }

  /** Columns that a delta layer hands to its output projection. */
  static int valueColumns(DeltaShape delta) {
    return delta.valueHeads() * delta.valueDim();
  }

  /** Bytes of one delta layer's window in a slot; its state follows. */
  static long windowBytes(DeltaShape delta) {
    return CacheDemand.align(DType.F32.bytes(delta.windowElements()));
  }

  /** Bytes of one delta layer's window and state in a slot, each rounded up to the alignment of layers. */
  static long layerSlotBytes(DeltaShape delta) {
    return windowBytes(delta) + CacheDemand.align(DType.F32.bytes(delta.stateElements()));
  }

  CacheDemand cacheDemand(DType kvDType) {
    long deltaLayers = layerCount() - attentionLayerCount();
    long slotBytes = delta.map(shape -> deltaLayers * layerSlotBytes(shape)).orElse(0L);
    return new CacheDemand(attentionLayerCount(), kvHeads, headDim, kvDType, slotBytes);
  }

  /** The most that one block needs for so many rows. */
  long scratchBytes(int rows) {
    long attention = FullAttention.scratchBytes(rows, heads, kvHeads, headDim, gated);
    long mlp = GatedMlp.scratchBytes(rows, intermediateSize);
    long recurrent = delta.map(shape -> GatedDelta.scratchBytes(rows, shape)).orElse(0L);
    return Math.max(attention, Math.max(recurrent, mlp));
  }

  StepDemand stepDemand() {
    return LayerStack.demand(hiddenSize, rotaryDim, vocabSize, scratchBytes(1));
  }
}
