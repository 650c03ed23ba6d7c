package io.souffleur.http.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs texts through stages in pieces and joins what comes out. */
final class Stages {

  /** Joined output of one run, as a stream shows it. */
  record Joined(String reasoning, String answer, List<WholeAnswer.Call> calls) {}

  /** Both forms of one answer, of which a whole one has no thought here. */
  record Both(Joined streamed, String content, List<WholeAnswer.Call> calls) {}

  private Stages() {}

  static Joined joined(StageOptions options, List<String> pieces) {
    return both(options, pieces).streamed();
  }

  static Both both(StageOptions options, List<String> pieces) {
    WholeAnswer answer = new WholeAnswer();
    run(options, pieces, answer);
    Joined streamed =
        new Joined(answer.streamedReasoning(), answer.streamedAnswer(), answer.streamedCalls());
    return new Both(streamed, answer.content(false), answer.calls());
  }

  static List<Delta> deltas(StageOptions options, String... pieces) {
    List<Delta> deltas = new ArrayList<>();
    run(options, List.of(pieces), deltas::add);
    return deltas;
  }

  static List<String> randomPieces(String text, Random random) {
    int longest = 1 + random.nextInt(20);
    List<String> pieces = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int to = Math.min(text.length(), from + 1 + random.nextInt(longest));
      pieces.add(text.substring(from, to));
      from = to;
    }
    return pieces;
  }

  private static void run(StageOptions options, List<String> pieces, DeltaSink out) {
    AnswerStages stages = new AnswerStages(options);
    pieces.forEach(piece -> stages.accept(piece, out));
    stages.finish(out);
  }
}
