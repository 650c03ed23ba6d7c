package io.souffleur.clusterconfig.launch;

import io.souffleur.actors.EngineClient;
import io.souffleur.actors.ModelCard;
import io.souffleur.actors.PromptJob;
import io.souffleur.actors.PromptReply;
import io.souffleur.clusterconfig.cli.Prompt;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.SamplingSpec;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.StageOptions;
import io.souffleur.tokenizer.StreamingDetokenizer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * One prompt from the terminal: owns its request and prints the answer as it grows, thoughts dimmed.
 *
 * <p>Completes {@code end} when the answer is whole, exceptionally when there is none.
 */
final class TerminalSession extends AbstractMatchingBehavior<TerminalSession.Command> {
  sealed interface Command {}

  private record Prompted(PromptReply reply) implements Command {}

  private record Engine(GenerationEvent event) implements Command {}

  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private final EngineClient client;
  private final Prompt prompt;
  private final PrintStream out;
  private final CompletableFuture<Void> end;
  private final StreamingDetokenizer detokenizer;
  private final boolean coloured;
  private AnswerStages stages = new AnswerStages(StageOptions.PLAIN);
  private boolean dimmed;

  static Behavior<Command> create(
      EngineClient client, Prompt prompt, PrintStream out, CompletableFuture<Void> end) {
    return Behaviors.setup(context -> new TerminalSession(context, client, prompt, out, end));
  }

  private TerminalSession(
      ActorContext<Command> context,
      EngineClient client,
      Prompt prompt,
      PrintStream out,
      CompletableFuture<Void> end) {
    super(context);
    this.client = client;
    this.prompt = prompt;
    this.out = out;
    this.end = end;
    this.detokenizer = client.text().tokenizer().detokenizer(true);
    this.coloured = System.console() != null && System.console().isTerminal();
    client.prompt(job(), context.messageAdapter(PromptReply.class, Prompted::new));
  }

  private PromptJob job() {
    List<Map<String, Object>> messages = new ArrayList<>();
    prompt.system().ifPresent(text -> messages.add(message("system", text)));
    messages.add(message("user", prompt.text()));
    Map<String, Object> arguments = new LinkedHashMap<>();
    prompt.thinking().ifPresent(on -> arguments.put("enable_thinking", on));
    return new PromptJob.Chat(messages, List.of(), arguments);
  }

  private static Map<String, Object> message(String role, String text) {
    return Map.of("role", role, "content", text);
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    return switch (message) {
      case Prompted prompted -> onPrompted(prompted.reply());
      case Engine engine -> onEvent(engine.event());
    };
  }

  private Behavior<Command> onPrompted(PromptReply reply) {
    return switch (reply) {
      case PromptReply.Prepared prepared -> submit(prepared);
      case PromptReply.TemplateRejected refused -> fail(refused.message());
      case PromptReply.Malformed refused -> fail(refused.message());
      case PromptReply.TooLong tooLong ->
        fail("the prompt has " + tooLong.promptTokens() + " tokens, the context holds "
            + tooLong.contextTokens());
      case PromptReply.Busy busy -> fail("more than " + busy.waitingMax() + " prompts wait");
      case PromptReply.WorkerFailed failed -> fail(failed.message());
    };
  }

  private Behavior<Command> submit(PromptReply.Prepared prepared) {
    ModelCard model = client.model();
    if (model.reasoningParser().isPresent()) {
      stages =
          new AnswerStages(StageOptions.PLAIN.withReasoning(prepared.endsInsideThought(), true));
    }
    int room = model.contextTokens() - prepared.tokens().length;
    var request = new GenerationRequest(
        new RequestId("terminal-" + UUID.randomUUID()),
        prepared.tokens(),
        new int[0],
        sampling(model.defaults()),
        Math.min(prompt.tokensMax(), room),
        model.stopTokenIds().stream().mapToInt(Integer::intValue).toArray(),
        OptionalInt.empty(),
        "",
        prepared.checkpointHints());
    client.submit(request, getContext().messageAdapter(GenerationEvent.class, Engine::new));
    return this;
  }

  private SamplingSpec sampling(ModelCard.SamplingDefaults defaults) {
    return new SamplingSpec(
        (float) prompt.temperature().orElse(defaults.temperature()),
        (float) prompt.topP().orElse(defaults.topP()),
        defaults.minP(),
        defaults.topK(),
        RandomGenerator.getDefault().nextLong(),
        0,
        new LogitRules(0, 0, defaults.repetitionPenalty(), 0, List.of()),
        ScoreSpec.NONE);
  }

  private Behavior<Command> onEvent(GenerationEvent event) {
    return switch (event) {
      case GenerationEvent.Accepted accepted -> this;
      case GenerationEvent.PromptScores scores -> this;
      case GenerationEvent.Tokens tokens -> {
        for (int token : tokens.tokens()) {
          stages.accept(detokenizer.accept(token), this::print);
        }
        out.flush();
        yield this;
      }
      case GenerationEvent.Finished finished -> finish();
      case GenerationEvent.Rejected rejected -> fail(rejected.detail());
      case GenerationEvent.EngineLost lost -> fail("the engine was rebuilt and lost the prompt");
    };
  }

  private Behavior<Command> finish() {
    stages.accept(detokenizer.finish(), this::print);
    stages.finish(this::print);
    dim(false);
    out.println();
    out.flush();
    end.complete(null);
    return Behaviors.stopped();
  }

  private void print(Delta delta) {
    switch (delta) {
      case Delta.Reasoning thought -> {
        dim(true);
        out.print(thought.text());
      }
      case Delta.Answer answer -> {
        dim(false);
        out.print(answer.text());
      }
      case Delta.CallBegin call -> out.print(call.name());
      case Delta.CallArguments arguments -> out.print(arguments.fragment());
      case Delta.NoCall markup -> {}
    }
  }

  private void dim(boolean on) {
    if (coloured && dimmed != on) {
      out.print(on ? DIM : PLAIN);
    }
    dimmed = on;
  }

  private Behavior<Command> fail(String reason) {
    end.completeExceptionally(new IllegalStateException(reason));
    return Behaviors.stopped();
  }
}
