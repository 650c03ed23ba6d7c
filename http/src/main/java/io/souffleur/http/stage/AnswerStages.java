package io.souffleur.http.stage;

import java.util.Optional;

/**
 * The stages of one answer in their fixed order: stop strings, thought, tool calls.
 *
 * <p>Stop strings see the whole text, the thought included; tool calls are looked for in the answer
 * only. Owned by one session; not thread safe.
 */
public final class AnswerStages {

  private final StopStrings stops;
  private final Optional<ReasoningStage> reasoning;
  private final Optional<ToolStage> toolCalls;

  public AnswerStages(StageOptions options) {
    this.stops = new StopStrings(options.stops(), options.keepStop());
    this.reasoning = options.reasoning()
        ? Optional.of(new ReasoningStage(options.thoughtOpen(), options.streamReasoning()))
        : Optional.empty();
    this.toolCalls = options.tools().map(tools -> ToolParsers.stage(options.toolParser(), tools));
  }

  /** Takes the next piece of decoded text; ignored after a stop string was found. */
  public void accept(String piece, DeltaSink out) {
    stops.accept(piece, text -> afterStops(text, out));
  }

  /** Ends the text: everything held back comes out, open calls are closed. */
  public void finish(DeltaSink out) {
    stops.finish(text -> afterStops(text, out));
    reasoning.ifPresent(stage -> stage.finish(delta -> afterReasoning(delta, out)));
    toolCalls.ifPresent(stage -> stage.finish(out));
  }

  /** The stop string that ended the text, if one did. */
  public Optional<String> matchedStop() {
    return stops.matched();
  }

  /** Whether the text is inside the thought now. */
  public boolean inThought() {
    return reasoning.isPresent() && reasoning.get().inThought();
  }

  /** Whether there was a thought, empty or not. */
  public boolean thought() {
    return reasoning.isPresent() && reasoning.get().thought();
  }

  /** Whether a thought was closed. */
  public boolean thoughtClosed() {
    return reasoning.isPresent() && reasoning.get().closed();
  }

  /** Tool calls begun so far. */
  public int calls() {
    return toolCalls.map(ToolStage::calls).orElse(0);
  }

  private void afterStops(String text, DeltaSink out) {
    if (reasoning.isPresent()) {
      reasoning.get().accept(text, delta -> afterReasoning(delta, out));
    } else {
      toAnswer(text, out);
    }
  }

  private void afterReasoning(Delta delta, DeltaSink out) {
    if (delta instanceof Delta.Answer(String text)) {
      toAnswer(text, out);
    } else {
      out.delta(delta);
    }
  }

  private void toAnswer(String text, DeltaSink out) {
    if (toolCalls.isPresent()) {
      toolCalls.get().accept(text, out);
    } else {
      out.delta(new Delta.Answer(text));
    }
  }
}
