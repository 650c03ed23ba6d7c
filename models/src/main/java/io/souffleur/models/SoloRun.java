package io.souffleur.models;

import io.souffleur.contracts.memory.CacheCapacity;
import io.souffleur.contracts.memory.CacheLayout;
import io.souffleur.kernels.KvView;
import io.souffleur.kernels.Runs;
import io.souffleur.kernels.StateView;
import io.souffleur.tensor.Bf16;
import io.souffleur.tensor.DType;
import io.souffleur.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Drives a decoder without an engine: a few sequences, each in its own pages and two state slots, all
 * logits of all rows. For conformance, benchmarks and tests; owned by one thread.
 *
 * <p>Sequence s has pages s, s + n, s + 2n, … so that its pages are never neighbours, and slots 2s and
 * 2s + 1, which take turns.
 */
public final class SoloRun implements AutoCloseable {
  /**
   * Tokens of one sequence that enter the same step.
   *
   * @param features rows in the place of embeddings, counted from the piece's first token
   */
  public record Piece(int sequence, int[] tokens, List<Forward.Features> features) {
    public Piece(int sequence, int[] tokens) {
      this(sequence, tokens, List.of());
    }
  }

  private final Decoder decoder;
  private final Arena arena = Arena.ofShared();
  private final Forward step;
  private final List<LayerCache> caches;
  private final int pageTokens;
  private final int sequences;
  private final int[] lengths;
  private final int[] currentSlots;

  /**
   * Attaches {@code decoder} to fresh caches.
   *
   * @param tokensMax most tokens of a sequence
   * @param rowsMax most tokens of a step
   */
  public SoloRun(Decoder decoder, int sequences, int tokensMax, int pageTokens, int rowsMax) {
    this.decoder = decoder;
    this.sequences = sequences;
    this.pageTokens = pageTokens;
    this.lengths = new int[sequences];
    this.currentSlots = new int[sequences];
    Arrays.fill(currentSlots, Runs.NO_SLOT);
    int pagesPerSequence = (tokensMax + pageTokens - 1) / pageTokens;
    var capacity = new CacheCapacity(sequences * pagesPerSequence, 2 * sequences);
    CacheLayout layout = decoder.cacheLayout(pageTokens);
    var memory = new CacheMemory(
        arena.allocate(layout.pageBytes() * capacity.pages(), Tensor.ALIGNMENT_BYTES),
        arena.allocate(layout.slotBytes() * capacity.slots(), Tensor.ALIGNMENT_BYTES),
        layout);
    this.caches = decoder.layerCaches(memory);
    this.step = new Forward(
        arena, rowsMax, sequences, capacity.pages(), rowsMax, decoder.summary().vocabSize());
    decoder.attach(memory, rowsMax, rowsMax);
  }

  /** Forgets all tokens of {@code sequence}. */
  public void restart(int sequence) {
    lengths[sequence] = 0;
    currentSlots[sequence] = Runs.NO_SLOT;
  }

  /** Runs one step of one sequence and answers the logits of its rows, [tokens][vocab]. */
  public float[][] append(int sequence, int... tokens) {
    return append(List.of(new Piece(sequence, tokens)));
  }

  /** Runs one step and answers the logits of all rows, in the order of {@code pieces}. */
  public float[][] append(List<Piece> pieces) {
    step.clear();
    for (Piece piece : pieces) {
      int sequence = piece.sequence();
      int writeSlot = currentSlots[sequence] == 2 * sequence ? 2 * sequence + 1 : 2 * sequence;
      step.runs()
          .addRun(piece.tokens().length, lengths[sequence], currentSlots[sequence], writeSlot);
      int end = lengths[sequence] + piece.tokens().length;
      for (int first = 0; first < end; first += pageTokens) {
        step.runs().addPage(page(sequence, first));
      }
      int firstRow = step.rows();
      for (int token : piece.tokens()) {
        step.addLogitRow(step.rows());
        step.addToken(token);
      }
      for (Forward.Features each : piece.features()) {
        step.addFeatures(firstRow + each.firstRow(), each.rows());
      }
    }
    decoder.forward(step);
    for (Piece piece : pieces) {
      int sequence = piece.sequence();
      lengths[sequence] += piece.tokens().length;
      currentSlots[sequence] =
          currentSlots[sequence] == 2 * sequence ? 2 * sequence + 1 : 2 * sequence;
    }
    return logits();
  }

  private float[][] logits() {
    int vocab = decoder.summary().vocabSize();
    float[][] rows = new float[step.logitCount()][];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = step.logits().rows(r, 1).memory().toArray(ValueLayout.JAVA_FLOAT);
      if (rows[r].length != vocab) {
        throw new IllegalStateException(rows[r].length + " logits of " + vocab);
      }
    }
    return rows;
  }

  private int page(int sequence, int position) {
    return position / pageTokens * sequences + sequence;
  }

  public int length(int sequence) {
    return lengths[sequence];
  }

  /** Convolution window of a recurrent layer, [channels][convWidth − 1], oldest first. */
  public float[] window(int layer, int sequence) {
    var cache = recurrent(layer);
    return floats(cache.windows(), sequence, (int) cache.shape().windowElements());
  }

  /** State of a recurrent layer, [valueHeads][keyDim][valueDim]. */
  public float[] state(int layer, int sequence) {
    var cache = recurrent(layer);
    return floats(cache.states(), sequence, (int) cache.shape().stateElements());
  }

  /** Keys (part 0) or values (part 1) of an attention layer, [kvHeads][length][headDim]. */
  public float[] keysOrValues(int layer, int part, int sequence) {
    if (!(caches.get(layer) instanceof LayerCache.Paged paged)) {
      throw new IllegalArgumentException("layer " + layer + " keeps no keys");
    }
    KvView kv = paged.kv();
    int length = lengths[sequence];
    float[] values = new float[kv.heads() * length * kv.headDim()];
    int at = 0;
    for (int head = 0; head < kv.heads(); head++) {
      for (int position = 0; position < length; position++) {
        long token = ((long) part * kv.heads() + head) * kv.pageTokens() + position % pageTokens;
        long base = page(sequence, position) * kv.pageStrideBytes() + kv.layerOffsetBytes();
        for (int d = 0; d < kv.headDim(); d++) {
          long byteOffset = base + kv.dtype().bytes(token * kv.headDim() + d);
          values[at++] = kv.dtype() == DType.BF16
              ? Bf16.toFloat(kv.pool().get(ValueLayout.JAVA_SHORT_UNALIGNED, byteOffset))
              : kv.pool().get(ValueLayout.JAVA_FLOAT_UNALIGNED, byteOffset);
        }
      }
    }
    return values;
  }

  private LayerCache.Recurrent recurrent(int layer) {
    if (caches.get(layer) instanceof LayerCache.Recurrent recurrent) {
      return recurrent;
    }
    throw new IllegalArgumentException("layer " + layer + " keeps no state");
  }

  private float[] floats(StateView view, int sequence, int count) {
    long from = currentSlots[sequence] * view.slotStrideBytes() + view.offsetBytes();
    return view.pool().asSlice(from, DType.F32.bytes(count)).toArray(ValueLayout.JAVA_FLOAT);
  }

  /** Gives the caches back; the decoder stays open but must not run before it is attached again. */
  @Override
  public void close() {
    arena.close();
  }
}
