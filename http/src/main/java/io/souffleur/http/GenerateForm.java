package io.souffleur.http;

import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.http.openai.AnswerHead;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.Ending;
import io.souffleur.http.openai.GenerateRequest;
import io.souffleur.http.openai.GenerateScores;
import io.souffleur.http.openai.GenerateWriter;
import io.souffleur.http.openai.ScoreWriter;
import io.souffleur.http.openai.Usage;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.StageOptions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * Answers of {@code /generate}: text as it is; events carry the text so far, or only what is new.
 */
final class GenerateForm implements AnswerForm {
  private final GenerateRequest request;
  private final AnswerHead head;
  private final OptionalInt index;
  private final GenerateScores scores;
  private final JointAnswer joint;
  private final boolean incremental;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private GenerateWriter writer;

  /** @param index which prompt of a list this answers; empty for a request with one prompt */
  GenerateForm(
      GenerateRequest request,
      OptionalInt index,
      AnswerHead head,
      ScoreWriter scoreWriter,
      JointAnswer joint,
      boolean incremental,
      LongSupplier nanoClock) {
    this.request = request;
    this.index = index;
    this.head = head;
    this.scores =
        new GenerateScores(request.sampling().scores(), scoreWriter, request.textInScores());
    this.joint = joint;
    this.incremental = incremental;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
    this.writer = newWriter();
  }

  private GenerateWriter newWriter() {
    return new GenerateWriter(head, scores);
  }

  @Override
  public StageOptions stages(PromptReply.Prepared prompt) {
    scores.prompt(prompt.tokens());
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
    scores.addPrompt(more);
  }

  @Override
  public void scores(List<TokenScore> more) {
    scores.add(more);
  }

  @Override
  public void tokens(int[] tokens) {
    for (int token : tokens) {
      writer.append(token);
    }
  }

  @Override
  public boolean step(List<Delta> deltas, Usage usage) {
    append(deltas);
    if (!joint.stream()) {
      return true;
    }
    boolean taken = joint.emit(writer.event(index, Optional.empty(), usage, seconds()));
    if (incremental) {
      writer = newWriter();
      scores.startAnew();
    }
    return taken;
  }

  @Override
  public void end(List<Delta> deltas, AnswerStages stages, Ending ending, Usage usage) {
    append(deltas);
    Optional<Ending> ended = Optional.of(ending);
    int part = index.orElse(0);
    if (joint.stream()) {
      joint.end(part, writer.event(index, ended, usage, seconds()), "", usage);
    } else {
      joint.end(part, "", writer.body(ended, usage, seconds()), usage);
    }
  }

  @Override
  public void fail(Exchange failed, ApiException error) {
    joint.fail(failed, error);
  }

  private void append(List<Delta> deltas) {
    for (Delta delta : deltas) {
      if (delta instanceof Delta.Answer(String text)) {
        writer.append(text);
      }
    }
  }

  private double seconds() {
    return (nanoClock.getAsLong() - startNanos) / 1e9;
  }
}
