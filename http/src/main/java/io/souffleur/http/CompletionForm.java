package io.souffleur.http;

import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.CompletionRequest;
import io.souffleur.http.openai.CompletionWriter;
import io.souffleur.http.openai.Ending;
import io.souffleur.http.openai.ScoreWriter;
import io.souffleur.http.openai.Usage;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.StageOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One choice of {@code /v1/completions}: text as it is, behind the prompt if the client wants. */
final class CompletionForm implements AnswerForm {
  private final CompletionRequest request;
  private final int index;
  private final CompletionWriter writer;
  private final JointAnswer joint;
  private final ScoreWriter scoreWriter;
  private final StringBuilder text = new StringBuilder();
  private final List<TokenScore> scores = new ArrayList<>();
  private OptionalInt unscored = OptionalInt.empty();

  /** @param echo what stands before the answer; empty for nothing */
  CompletionForm(
      CompletionRequest request,
      int index,
      String echo,
      CompletionWriter writer,
      ScoreWriter scoreWriter,
      JointAnswer joint) {
    this.scoreWriter = scoreWriter;
    this.request = request;
    this.index = index;
    this.writer = writer;
    this.joint = joint;
    this.text.append(echo);
  }

  @Override
  public StageOptions stages(PromptReply.Prepared prompt) {
    if (request.sampling().scores().promptFrom() == 1) {
      unscored = OptionalInt.of(prompt.tokens()[0]);
    }
    return StageOptions.PLAIN.withStops(
        request.sampling().stops(), request.sampling().keepStop());
  }

  @Override
  public boolean skipSpecialTokens() {
    return request.sampling().skipSpecialTokens();
  }

  @Override
  public void begin(Exchange begun) {
    joint.begin(begun);
  }

  @Override
  public void promptScores(List<TokenScore> more) {
    scores.addAll(more);
  }

  @Override
  public void scores(List<TokenScore> more) {
    scores.addAll(more);
  }

  @Override
  public boolean step(List<Delta> deltas, Usage usage) {
    append(deltas);
    if (!joint.stream() || text.isEmpty()) {
      return true;
    }
    return joint.emit(writer.chunk(choice(Optional.empty()), always(usage)));
  }

  @Override
  public void end(List<Delta> deltas, AnswerStages stages, Ending ending, Usage usage) {
    append(deltas);
    if (joint.stream()) {
      String last = writer.chunk(choice(Optional.of(ending)), always(usage));
      joint.end(index, last, "", counted(usage));
    } else {
      joint.end(index, "", choice(Optional.of(ending)), counted(usage));
    }
  }

  private String choice(Optional<Ending> ending) {
    String logprobs = scoreWriter.completion(unscored, scores);
    unscored = OptionalInt.empty();
    scores.clear();
    return writer.choice(index, taken(), logprobs, ending);
  }

  private Usage counted(Usage usage) {
    return index % request.sampling().choices() == 0 ? usage : usage.withoutPrompt();
  }

  @Override
  public void fail(Exchange failed, ApiException error) {
    joint.fail(failed, error);
  }

  private Optional<Usage> always(Usage usage) {
    return request.streaming().usageAlways() ? Optional.of(usage) : Optional.empty();
  }

  private String taken() {
    String all = text.toString();
    text.setLength(0);
    return all;
  }

  private void append(List<Delta> deltas) {
    for (Delta delta : deltas) {
      if (delta instanceof Delta.Answer(String piece)) {
        text.append(piece);
      }
    }
  }
}
