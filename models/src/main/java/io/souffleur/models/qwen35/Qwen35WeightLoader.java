package io.souffleur.models.qwen35;

import io.souffleur.kernels.Kernels;
import io.souffleur.kernels.PackedLinear;
import io.souffleur.kernels.WeightForm;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.Progress;
import io.souffleur.models.layer.GatedAttention;
import io.souffleur.models.layer.GatedDelta;
import io.souffleur.models.layer.GatedMlp;
import io.souffleur.models.weight.PanelSpec;
import io.souffleur.models.weight.PanelStore;
import io.souffleur.models.weight.Panels;
import io.souffleur.models.weight.WeightSource;
import io.souffleur.tensor.Bf16;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Shape;
import io.souffleur.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps, fuses and packs the weights of one model, checked by {@link ExpectedTensors} before.
 *
 * <p>First every matrix is listed as a block of the panel file, then the store fills or maps the
 * blocks, then the layers are put together. Small vectors are widened to F32 at every load.
 */
final class Qwen35WeightLoader {
  /** A fused matrix: tensors stacked by rows. */
  private record Fused(String block, List<Part> parts, int inputs, int slices) {
    int outputs() {
      return parts.stream().mapToInt(Part::rows).sum();
    }
  }

  private record Part(String tensor, int rows) {}

  private static final String EMBEDDING_BLOCK = "embedding";
  private static final String HEAD_BLOCK = "head";

  private final Qwen35Config config;
  private final TensorNames names;
  private final WeightSource source;
  private final Kernels kernels;
  private final WeightForm form;
  private final Arena arena = Arena.ofShared();
  private Panels panels;
  private long digestBytes;

  Qwen35WeightLoader(
      Qwen35Config config,
      TensorNames names,
      WeightSource source,
      Kernels kernels,
      WeightForm form) {
    this.config = config;
    this.names = names;
    this.source = source;
    this.kernels = kernels;
    this.form = form;
  }

  /** The loaded weights own {@code source} from here on; it is closed when loading fails. */
  Qwen35Weights load(PanelStore store, Progress progress) throws IOException {
    try {
      List<PanelSpec> specs = specs();
      long panelBytes = specs.stream().mapToLong(PanelSpec::bytes).sum();
      String key = key(store, (done, total) -> {
        digestBytes = total;
        progress.onBytes(done, total + panelBytes);
      });
      panels = store.open(
          key, specs, (done, total) -> progress.onBytes(digestBytes + done, digestBytes + total));
      return assemble();
    } catch (IOException | RuntimeException failure) {
      release();
      throw failure;
    }
  }

  private void release() {
    if (panels != null) {
      panels.close();
    }
    arena.close();
    source.close();
  }

  /** Tensor names belong to it: the same file may be read with a tied and with an untied head. */
  private String key(PanelStore store, Progress progress) throws IOException {
    String content = source.contentDigest(store.digests(), progress);
    return String.join("|", kernels.fingerprint(), content, names.toString(), form.name());
  }

  // ---- the list of blocks ----

  private List<PanelSpec> specs() throws InvalidModelException {
    List<PanelSpec> specs = new ArrayList<>();
    if (!embeddingIsMapped()) {
      DType dtype = embeddingDType();
      long bytes = dtype.bytes((long) config.vocabSize() * config.hiddenSize());
      specs.add(new PanelSpec(EMBEDDING_BLOCK, (bytes + 63) / 64 * 64, this::fillEmbedding));
    }
    for (int i = 0; i < config.layerCount(); i++) {
      if (config.attentionLayers().get(i)) {
        specs.add(spec(attentionInput(i)));
        specs.add(spec(attentionOutput(i)));
      } else {
        specs.add(spec(deltaInput(i)));
        specs.add(spec(deltaOutput(i)));
      }
      specs.add(spec(gateUp(i)));
      specs.add(spec(down(i)));
    }
    specs.add(spec(head()));
    return specs;
  }

  private PanelSpec spec(Fused fused) {
    long bytes = kernels.panelBytes(form, fused.outputs(), fused.inputs());
    return new PanelSpec(fused.block(), bytes, block -> fill(fused, block));
  }

  private void fill(Fused fused, MemorySegment block) throws IOException {
    try (Arena scratch = Arena.ofShared()) {
      List<Tensor> parts = new ArrayList<>();
      for (Part part : fused.parts()) {
        parts.add(source.tensor(part.tensor(), scratch, part.rows(), fused.inputs()));
      }
      kernels.pack(parts, form, fused.slices(), block);
    }
  }

  private Fused attentionInput(int layer) {
    int kvRows = config.kvHeads() * config.headDim();
    return columnParallel(
        layer,
        "self_attn.qkv",
        new Part(names.layer(layer, "self_attn.q_proj.weight"), 2 * config.attendedColumns()),
        new Part(names.layer(layer, "self_attn.k_proj.weight"), kvRows),
        new Part(names.layer(layer, "self_attn.v_proj.weight"), kvRows));
  }

  private Fused attentionOutput(int layer) {
    return rowParallel(layer, "self_attn.o_proj", config.attendedColumns());
  }

  private Fused deltaInput(int layer) {
    int heads = config.delta().valueHeads();
    return columnParallel(
        layer,
        "linear_attn.in_proj",
        new Part(
            names.layer(layer, "linear_attn.in_proj_qkv.weight"), config.delta().channels()),
        new Part(names.layer(layer, "linear_attn.in_proj_z.weight"), config.valueColumns()),
        new Part(names.layer(layer, "linear_attn.in_proj_b.weight"), heads),
        new Part(names.layer(layer, "linear_attn.in_proj_a.weight"), heads));
  }

  private Fused deltaOutput(int layer) {
    return rowParallel(layer, "linear_attn.out_proj", config.valueColumns());
  }

  private Fused gateUp(int layer) {
    return columnParallel(
        layer,
        "mlp.gate_up",
        new Part(names.layer(layer, "mlp.gate_proj.weight"), config.intermediateSize()),
        new Part(names.layer(layer, "mlp.up_proj.weight"), config.intermediateSize()));
  }

  private Fused down(int layer) {
    return rowParallel(layer, "mlp.down_proj", config.intermediateSize());
  }

  private Fused head() {
    String tensor = names.head().orElse(names.embedding());
    return new Fused(
        HEAD_BLOCK, List.of(new Part(tensor, config.vocabSize())), config.hiddenSize(), 1);
  }

  private Fused columnParallel(int layer, String block, Part... parts) {
    return new Fused(layer + "." + block, List.of(parts), config.hiddenSize(), 1);
  }

  private Fused rowParallel(int layer, String name, int inputs) {
    Part part = new Part(names.layer(layer, name + ".weight"), config.hiddenSize());
    return new Fused(
        layer + "." + name, List.of(part), inputs, PackedLinear.rowParallelSlices(inputs));
  }

  // ---- the embedding ----

  private DType embeddingDType() throws InvalidModelException {
    return source.dtype(names.embedding()) == DType.BF16 ? DType.BF16 : DType.F32;
  }

  private boolean embeddingIsMapped() throws InvalidModelException {
    return source.mapped() && source.dtype(names.embedding()) != DType.F16;
  }

  private void fillEmbedding(MemorySegment block) throws IOException {
    try (Arena scratch = Arena.ofShared()) {
      Tensor stored =
          source.tensor(names.embedding(), scratch, config.vocabSize(), config.hiddenSize());
      if (stored.dtype() == DType.F16) {
        for (long i = 0; i < stored.elements(); i++) {
          block.setAtIndex(ValueLayout.JAVA_FLOAT, i, widened(stored, i));
        }
      } else {
        MemorySegment.copy(stored.memory(), 0, block, 0, stored.memory().byteSize());
      }
    }
  }

  private Tensor embedding() throws InvalidModelException {
    if (embeddingIsMapped()) {
      return source.tensor(names.embedding(), arena, config.vocabSize(), config.hiddenSize());
    }
    Shape shape = Shape.of(config.vocabSize(), config.hiddenSize());
    DType dtype = embeddingDType();
    MemorySegment block = panels.block(EMBEDDING_BLOCK);
    return new Tensor(block.asSlice(0, dtype.bytes(shape.elements())), dtype, shape);
  }

  // ---- putting layers together ----

  private Qwen35Weights assemble() throws InvalidModelException {
    List<Qwen35Weights.Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.layerCount(); i++) {
      layers.add(new Qwen35Weights.Layer(
          norm(names.layer(i, "input_layernorm.weight"), config.hiddenSize()),
          config.attentionLayers().get(i) ? attention(i) : delta(i),
          norm(names.layer(i, "post_attention_layernorm.weight"), config.hiddenSize()),
          new GatedMlp.Weights(packed(gateUp(i)), packed(down(i)))));
    }
    return new Qwen35Weights(
        embedding(),
        List.copyOf(layers),
        norm(names.finalNorm(), config.hiddenSize()),
        packed(head()),
        this::release);
  }

  private Qwen35Weights.MixerWeights attention(int layer) throws InvalidModelException {
    return new Qwen35Weights.MixerWeights.Attention(new GatedAttention.Weights(
        packed(attentionInput(layer)),
        packed(attentionOutput(layer)),
        norm(names.layer(layer, "self_attn.q_norm.weight"), config.headDim()),
        norm(names.layer(layer, "self_attn.k_norm.weight"), config.headDim())));
  }

  private Qwen35Weights.MixerWeights delta(int layer) throws InvalidModelException {
    int channels = config.delta().channels();
    int width = config.delta().convWidth();
    int heads = config.delta().valueHeads();
    return new Qwen35Weights.MixerWeights.Delta(new GatedDelta.Weights(
        packed(deltaInput(layer)),
        packed(deltaOutput(layer)),
        vector(names.layer(layer, "linear_attn.conv1d.weight"), 0, channels, 1, width)
            .reshape(channels, width),
        vector(names.layer(layer, "linear_attn.A_log"), 0, heads),
        vector(names.layer(layer, "linear_attn.dt_bias"), 0, heads),
        vector(names.layer(layer, "linear_attn.norm.weight"), 0, config.delta().valueDim())));
  }

  private PackedLinear packed(Fused fused) {
    return new PackedLinear(
        panels.block(fused.block()), form, fused.outputs(), fused.inputs(), fused.slices());
  }

  /** A norm that the model applies as 1 + w. */
  private Tensor norm(String name, int columns) throws InvalidModelException {
    return vector(name, 1, columns);
  }

  /** A small tensor widened to F32, {@code plus} added. */
  private Tensor vector(String name, float plus, long... dims) throws InvalidModelException {
    try (Arena scratch = Arena.ofShared()) {
      Tensor stored = source.tensor(name, scratch, dims);
      Tensor vector = Tensor.allocate(arena, DType.F32, dims);
      for (long i = 0; i < stored.elements(); i++) {
        vector.setFloat(i, widened(stored, i) + plus);
      }
      return vector;
    }
  }

  private static float widened(Tensor tensor, long index) {
    MemorySegment memory = tensor.memory();
    return switch (tensor.dtype()) {
      case F32 -> tensor.getFloat(index);
      case BF16 -> Bf16.toFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index));
      case F16 -> Float.float16ToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index));
      default -> throw new IllegalArgumentException("no float form of " + tensor.dtype());
    };
  }
}
