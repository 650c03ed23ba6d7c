package io.souffleur.http;

import io.souffleur.actors.PromptReply;
import io.souffleur.http.openai.AnswerHead;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ChunkWriter;
import io.souffleur.http.openai.Ending;
import io.souffleur.http.openai.ErrorWriter;
import io.souffleur.http.openai.GenerateRequest;
import io.souffleur.http.openai.GenerateWriter;
import io.souffleur.http.openai.Usage;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.StageOptions;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Answers of {@code /generate}: text as it is; events carry the text so far, or only what is new.
 */
final class GenerateForm implements AnswerForm {
  private final GenerateRequest request;
  private final AnswerHead head;
  private final boolean incremental;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private GenerateWriter writer;
  private Exchange exchange;

  GenerateForm(
      GenerateRequest request, AnswerHead head, boolean incremental, LongSupplier nanoClock) {
    this.request = request;
    this.head = head;
    this.incremental = incremental;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
    this.writer = new GenerateWriter(head);
  }

  @Override
  public StageOptions stages(PromptReply.Prepared prompt) {
    return StageOptions.PLAIN.withStops(
        request.sampling().stops(), request.sampling().keepStop());
  }

  @Override
  public boolean skipSpecialTokens() {
    return request.sampling().skipSpecialTokens();
  }

  @Override
  public void begin(Exchange begun) {
    this.exchange = begun;
    if (request.stream()) {
      begun.startStream();
    }
  }

  @Override
  public boolean step(int[] tokens, List<Delta> deltas, Usage usage) {
    append(deltas);
    for (int token : tokens) {
      writer.append(token);
    }
    if (!request.stream()) {
      return true;
    }
    boolean taken = exchange.emit(writer.event(Optional.empty(), usage, seconds()));
    if (incremental) {
      writer = new GenerateWriter(head);
    }
    return taken;
  }

  @Override
  public void end(List<Delta> deltas, AnswerStages stages, Ending ending, Usage usage) {
    append(deltas);
    if (request.stream()) {
      exchange.emit(writer.event(Optional.of(ending), usage, seconds()) + ChunkWriter.DONE);
      exchange.endStream();
    } else {
      exchange.whole(Responses.json(200, writer.body(Optional.of(ending), usage, seconds())));
    }
  }

  @Override
  public void fail(Exchange failed, ApiException error) {
    if (failed.streaming()) {
      failed.emit(ErrorWriter.GENERATE.event(error) + ChunkWriter.DONE);
      failed.endStream();
    } else {
      failed.whole(Responses.error(error, ErrorWriter.GENERATE));
    }
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
