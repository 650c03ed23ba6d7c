package io.souffleur.models;

import static io.souffleur.models.GoldenModel.flat;
import static io.souffleur.testkit.TensorAssertions.assertSameBits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Logits of a sequence have the same bits however its tokens are cut, paged and accompanied. */
class DecoderLawTest {
  private static final int TOKENS = 70;

  record LawCase(GoldenModel.Case golden, ComputeType computeType) {}

  static Stream<LawCase> cases() {
    return GoldenModel.onReadyProviders()
        .flatMap(golden -> Stream.of(ComputeType.FLOAT32, ComputeType.BFLOAT16)
            .map(computeType -> new LawCase(golden, computeType)));
  }

  private static int[] prompt(GoldenModel model) {
    return new Random(1).ints(TOKENS, 0, model.decoder.summary().vocabSize()).toArray();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void chunkSizesChangeNoBit(LawCase law) throws Exception {
    try (var model = new GoldenModel(law.golden(), law.computeType());
        var run = model.run(1, 16)) {
      int[] ids = prompt(model);
      float[] whole = flat(run.append(0, ids));
      for (int chunk : new int[] {1, 2, 3, 5, 7, 16, 17, 31, 33, 63, 64, 65, 69}) {
        run.restart(0);
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < ids.length; from += chunk) {
          int to = Math.min(from + chunk, ids.length);
          rows.addAll(List.of(run.append(0, Arrays.copyOfRange(ids, from, to))));
        }
        assertSameBits("chunks of " + chunk, whole, flat(rows.toArray(float[][]::new)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void threadsChangeNoBit(LawCase law) throws Exception {
    try (var one = new GoldenModel(law.golden(), law.computeType(), 1);
        var three = new GoldenModel(law.golden(), law.computeType(), 3);
        var oneRun = one.run(1, 16);
        var threeRun = three.run(1, 16)) {
      int[] ids = prompt(one);
      assertSameBits(
          "logits on three threads", flat(oneRun.append(0, ids)), flat(threeRun.append(0, ids)));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pageSizeChangesNoBit(LawCase law) throws Exception {
    try (var model = new GoldenModel(law.golden(), law.computeType())) {
      int[] ids = prompt(model);
      float[] first = null;
      for (int pageTokens : new int[] {16, 1, 24, 64, 128}) {
        try (var run = model.run(2, pageTokens)) {
          float[] logits = flat(run.append(1, ids));
          first = first == null ? logits : first;
          assertSameBits("pages of " + pageTokens, first, logits);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void strangersInTheBatchChangeNoBit(LawCase law) throws Exception {
    try (var model = new GoldenModel(law.golden(), law.computeType());
        var run = model.run(8, 16)) {
      int[] ids = prompt(model);
      float[] alone = flat(run.append(0, ids));
      var random = new Random(2);
      for (int batch = 2; batch <= 8; batch++) {
        for (int sequence = 0; sequence < 8; sequence++) {
          run.restart(sequence);
        }
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < ids.length; ) {
          int to = Math.min(from + 1 + random.nextInt(23), ids.length);
          int mine = random.nextInt(batch);
          rows.addAll(stepAmongStrangers(
              run, Arrays.copyOfRange(ids, from, to), batch, mine, random, model));
          from = to;
        }
        assertSameBits("batch of " + batch, alone, flat(rows.toArray(float[][]::new)));
      }
    }
  }

  /** Sequence 0 stands at place {@code mine} among strangers 1 … batch − 1 of random lengths. */
  private static List<float[]> stepAmongStrangers(
      SoloRun run, int[] tokens, int batch, int mine, Random random, GoldenModel model) {
    List<SoloRun.Piece> pieces = new ArrayList<>();
    int firstRow = 0;
    for (int place = 0; place < batch; place++) {
      if (place == mine) {
        firstRow = pieces.stream().mapToInt(p -> p.tokens().length).sum();
        pieces.add(new SoloRun.Piece(0, tokens));
      } else {
        int stranger = place < mine ? place + 1 : place;
        int[] strange = random
            .ints(1 + random.nextInt(3), 0, model.decoder.summary().vocabSize())
            .toArray();
        pieces.add(new SoloRun.Piece(stranger, strange));
      }
    }
    float[][] rows = run.append(pieces);
    return List.of(rows).subList(firstRow, firstRow + tokens.length);
  }
}
