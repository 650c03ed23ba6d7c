package io.souffleur.http;

import io.souffleur.actors.EngineClient;
import io.souffleur.actors.EngineStatus;
import io.souffleur.actors.ModelCard;
import io.souffleur.actors.PromptJob;
import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.tokenizer.ByteTokenizer;
import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.SpecialTokens;
import io.souffleur.tokenizer.TemplateTraits;
import io.souffleur.tokenizer.TextAssets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * An engine that plays a script: the test says what each submitted request gets.
 *
 * <p>Prompts are the joined contents of the messages, as bytes, with {@link #promptTail} behind.
 */
final class ScriptedEngine implements EngineClient {
  static final int CONTEXT = 4096;
  static final int STOP = ByteTokenizer.END;
  static final long EPOCH = 1;

  /** A request that waits for its script. */
  record Submission(GenerationRequest request, ActorRef<GenerationEvent> owner) {
    void accept() {
      owner.tell(new GenerationEvent.Accepted(request.id(), EPOCH));
    }

    void tokens(int... ids) {
      owner.tell(new GenerationEvent.Tokens(request.id(), EPOCH, ids));
    }

    /** Tokens of a request that says how it came to its first step. */
    void started(GenerationEvent.Start start, int... ids) {
      owner.tell(new GenerationEvent.Tokens(request.id(), EPOCH, ids, List.of(), start));
    }

    /** One token with its logarithm and nothing beside it. */
    void scored(int token, float log) {
      TokenScore score = new TokenScore(token, log, new int[0], new float[0]);
      owner.tell(
          new GenerationEvent.Tokens(request.id(), EPOCH, new int[] {token}, List.of(score)));
    }

    /** Text as tokens, so many per step. */
    void text(String text, int tokensPerStep) {
      int[] ids = new ByteTokenizer().encode(text);
      for (int i = 0; i < ids.length; i += tokensPerStep) {
        tokens(Arrays.copyOfRange(ids, i, Math.min(ids.length, i + tokensPerStep)));
      }
    }

    void finish(FinishReason reason, int matchedStop, int cachedTokens) {
      owner.tell(new GenerationEvent.Finished(
          request.id(),
          EPOCH,
          reason,
          matchedStop,
          request.promptTokens().length,
          0,
          cachedTokens));
    }

    /** A whole answer that ends by the stop token. */
    void answer(String text, int tokensPerStep) {
      accept();
      text(text, tokensPerStep);
      finish(FinishReason.STOP, STOP, 0);
    }
  }

  final List<Submission> submissions = new CopyOnWriteArrayList<>();
  final List<PromptJob> prompts = new CopyOnWriteArrayList<>();
  final AtomicInteger flushes = new AtomicInteger();
  final List<RequestId> aborts = new CopyOnWriteArrayList<>();
  volatile String promptTail = "";
  volatile Map<String, Long> counters = Map.of();
  volatile Consumer<Submission> script = submission -> submission.answer("ok", 1);
  volatile Function<PromptJob, PromptReply> promptScript = this::rendered;
  volatile Consumer<RequestId> onAbort = id -> {};
  volatile int running;
  volatile EngineStatus.Phase phase = EngineStatus.Phase.READY;
  private final ModelCard model;

  ScriptedEngine(Optional<String> reasoningParser, Optional<String> toolCallParser) {
    this(reasoningParser, toolCallParser, ModelCard.SamplingDefaults.OPENAI);
  }

  ScriptedEngine(
      Optional<String> reasoningParser,
      Optional<String> toolCallParser,
      ModelCard.SamplingDefaults defaults) {
    this.model = new ModelCard(
        "test/model",
        Path.of("model"),
        CONTEXT,
        257,
        List.of(STOP),
        defaults,
        reasoningParser,
        toolCallParser);
  }

  @Override
  public void prompt(PromptJob job, ActorRef<PromptReply> replyTo) {
    prompts.add(job);
    replyTo.tell(promptScript.apply(job));
  }

  private PromptReply rendered(PromptJob job) {
    int[] tokens = switch (job) {
      case PromptJob.Text text -> text().tokenizer().encode(text.text());
      case PromptJob.Ids ids -> ids.ids();
      case PromptJob.Chat chat ->
        text().tokenizer().encode(chat.messages() + promptTail + chat.continuation());
    };
    return tokens.length >= CONTEXT
        ? new PromptReply.TooLong(tokens.length, CONTEXT)
        : new PromptReply.Prepared(tokens, promptTail);
  }

  @Override
  public void submit(GenerationRequest request, ActorRef<GenerationEvent> replyTo) {
    Submission submission = new Submission(request, replyTo);
    submissions.add(submission);
    script.accept(submission);
  }

  @Override
  public void abort(RequestId id) {
    aborts.add(id);
    onAbort.accept(id);
  }

  @Override
  public void flushCache() {
    flushes.incrementAndGet();
  }

  @Override
  public EngineStatus status() {
    return new EngineStatus(phase, "", true, 0, running, 0, EPOCH, 1, counters);
  }

  @Override
  public ModelCard model() {
    return model;
  }

  @Override
  public TextAssets text() {
    return new TextAssets(
        new ByteTokenizer(), Optional.of(new PlainTemplate()), SpecialTokens.NONE, List.of(STOP));
  }

  @Override
  public CompletionStage<String> whenFailed() {
    return new CompletableFuture<>();
  }

  @Override
  public CompletionStage<EngineStatus> whenStarted() {
    return phase == EngineStatus.Phase.STARTING
        ? new CompletableFuture<>()
        : CompletableFuture.completedFuture(status());
  }

  @Override
  public CompletionStage<Void> drain() {
    return CompletableFuture.completedFuture(null);
  }

  static String textOf(int[] tokens) {
    byte[] bytes = new byte[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      bytes[i] = (byte) tokens[i];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** A template that does not read lists of parts; never rendered here. */
  private static final class PlainTemplate implements ChatTemplate {
    @Override
    public String render(
        List<?> messages, List<?> tools, boolean addGenerationPrompt, Map<String, ?> kwargs) {
      return messages.toString();
    }

    @Override
    public String source() {
      return "{{ message.content }}";
    }

    @Override
    public TemplateTraits traits() {
      return TemplateTraits.detect(source());
    }
  }
}
