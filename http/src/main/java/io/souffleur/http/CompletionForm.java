package io.souffleur.http;

import io.souffleur.actors.PromptReply;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.CompletionRequest;
import io.souffleur.http.openai.CompletionWriter;
import io.souffleur.http.openai.Ending;
import io.souffleur.http.openai.Usage;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.StageOptions;
import java.util.List;
import java.util.Optional;

/** One choice of {@code /v1/completions}: text as it is, behind the prompt if the client wants. */
final class CompletionForm implements AnswerForm {
  private final CompletionRequest request;
  private final int index;
  private final CompletionWriter writer;
  private final JointAnswer joint;
  private final StringBuilder text = new StringBuilder();

  /** @param echo what stands before the answer; empty for nothing */
  CompletionForm(
      CompletionRequest request,
      int index,
      String echo,
      CompletionWriter writer,
      JointAnswer joint) {
    this.request = request;
    this.index = index;
    this.writer = writer;
    this.joint = joint;
    this.text.append(echo);
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
    joint.begin(begun);
  }

  @Override
  public boolean step(int[] tokens, List<Delta> deltas, Usage usage) {
    append(deltas);
    if (!joint.stream() || text.isEmpty()) {
      return true;
    }
    return joint.emit(writer.chunk(index, taken(), Optional.empty(), always(usage)));
  }

  @Override
  public void end(List<Delta> deltas, AnswerStages stages, Ending ending, Usage usage) {
    append(deltas);
    if (joint.stream()) {
      String last = writer.chunk(index, taken(), Optional.of(ending), always(usage));
      joint.end(index, last, "", usage);
    } else {
      joint.end(index, "", writer.choice(index, taken(), Optional.of(ending)), usage);
    }
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
