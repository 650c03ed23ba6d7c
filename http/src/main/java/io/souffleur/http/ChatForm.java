package io.souffleur.http;

import io.souffleur.actors.ModelCard;
import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ChatAnswerWriter;
import io.souffleur.http.openai.ChatRequest;
import io.souffleur.http.openai.ChunkWriter;
import io.souffleur.http.openai.Ending;
import io.souffleur.http.openai.ScoreWriter;
import io.souffleur.http.openai.Usage;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.ReasoningStage;
import io.souffleur.http.stage.StageOptions;
import io.souffleur.http.stage.ToolParsers;
import io.souffleur.http.stage.WholeAnswer;
import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chat answers, streamed as chunks or sent as one body. */
final class ChatForm implements AnswerForm {
  private final ChatRequest request;
  private final int index;
  private final boolean reasoning;
  private final Optional<String> toolParser;
  private final ChunkWriter chunks;
  private final ChatAnswerWriter bodies;
  private final ScoreWriter scoreWriter;
  private final JointAnswer joint;
  private final WholeAnswer whole = new WholeAnswer();
  private final List<TokenScore> scores = new ArrayList<>();
  private boolean roleSent;

  ChatForm(
      ChatRequest request,
      int index,
      ModelCard model,
      ChunkWriter chunks,
      ChatAnswerWriter bodies,
      ScoreWriter scoreWriter,
      JointAnswer joint) {
    this.request = request;
    this.index = index;
    this.scoreWriter = scoreWriter;
    this.joint = joint;
    this.reasoning = request.separateReasoning()
        && model.reasoningParser().filter(ReasoningStage.PARSERS::contains).isPresent();
    this.toolParser = model
        .toolCallParser()
        .filter(name -> !request.tools().isEmpty() && ToolParsers.NAMES.contains(name));
    this.chunks = chunks;
    this.bodies = bodies;
  }

  @Override
  public StageOptions stages(PromptReply.Prepared prompt) {
    StageOptions options = StageOptions.PLAIN.withStops(
        request.sampling().stops(), request.sampling().keepStop());
    if (toolParser.isPresent()) {
      options = options.withTools(ToolSchemas.of(request.tools()), toolParser.get());
    }
    return reasoning
        ? options.withReasoning(startsInThought(prompt), request.streamReasoning())
        : options;
  }

  /** The start of the answer that the client gave may open the thought, or close it. */
  private boolean startsInThought(PromptReply.Prepared prompt) {
    int opened = request.continuation().lastIndexOf(ReasoningStage.OPEN);
    int closed = request.continuation().lastIndexOf(ReasoningStage.CLOSE);
    return closed <= opened && (opened >= 0 || prompt.endsInsideThought());
  }

  /** The tool parser needs its markers, which may be control tokens. */
  @Override
  public boolean skipSpecialTokens() {
    return request.sampling().skipSpecialTokens() && toolParser.isEmpty();
  }

  @Override
  public void begin(Exchange begun) {
    joint.begin(begun);
  }

  @Override
  public void scores(List<TokenScore> more) {
    scores.addAll(more);
  }

  @Override
  public boolean step(List<Delta> deltas, Usage usage) {
    if (!request.streaming().on()) {
      deltas.forEach(whole::delta);
      return true;
    }
    return joint.emit(events(deltas, usage).toString());
  }

  @Override
  public void end(List<Delta> deltas, AnswerStages stages, Ending ending, Usage usage) {
    if (!request.streaming().on()) {
      deltas.forEach(whole::delta);
      String choice = bodies.choice(
          index,
          whole.reasoning(stages.thoughtClosed()),
          whole.content(stages.thought()),
          whole.calls(),
          takenScores(),
          ending);
      joint.end(index, "", choice, counted(usage));
      return;
    }
    StringBuilder events = events(deltas, usage);
    events.append(chunks.end(ending, stages.calls() > 0, takenScores(), always(usage)));
    joint.end(index, events.toString(), "", counted(usage));
  }

  @Override
  public void fail(Exchange failed, ApiException error) {
    joint.fail(failed, error);
  }

  /** Scores that wait, in the first chunk that goes out. */
  private String takenScores() {
    String text = scoreWriter.chat(scores);
    scores.clear();
    return text;
  }

  private Usage counted(Usage usage) {
    return index == 0 ? usage : usage.withoutPrompt();
  }

  private StringBuilder events(List<Delta> deltas, Usage usage) {
    StringBuilder events = new StringBuilder();
    if (!roleSent) {
      events.append(chunks.role(always(usage)));
      roleSent = true;
    }
    for (Delta delta : deltas) {
      if (delta instanceof Delta.NoCall) {
        continue;
      }
      events.append(chunks.delta(delta, takenScores(), always(usage)));
    }
    return events;
  }

  private Optional<Usage> always(Usage usage) {
    return request.streaming().usageAlways() ? Optional.of(usage) : Optional.empty();
  }
}
