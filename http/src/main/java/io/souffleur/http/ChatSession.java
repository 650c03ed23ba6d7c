package io.souffleur.http;

import io.souffleur.actors.EngineClient;
import io.souffleur.actors.PromptReply;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RejectReason;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.Ending;
import io.souffleur.http.openai.Usage;
import io.souffleur.http.stage.AnswerStages;
import io.souffleur.http.stage.StageLimitException;
import io.souffleur.tokenizer.StreamingDetokenizer;
import java.util.Arrays;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request from its prompt to the last byte of its answer: owner of the request's tokens.
 *
 * <p>Asks for the prompt, submits it, turns tokens into text and text into deltas, and hands these
 * to the answer's form. When the engine is rebuilt it submits again with the tokens it has, so
 * that the client sees a pause and nothing else. When the client leaves, or does not keep up, the
 * request is aborted. Never restarted; its end, however it comes, is seen by {@link
 * IngressServer}.
 */
final class ChatSession extends AbstractMatchingBehavior<ChatSession.Command> {
  /** What a session hears; all of it comes from the session's own adapters and timers. */
  sealed interface Command {}

  private record PromptReady(PromptReply reply) implements Command {}

  private record Engine(GenerationEvent event) implements Command {}

  private enum Notice implements Command {
    CLIENT_LEFT,
    ABORTED,
    TRY_AGAIN
  }

  private static final Logger LOG = LoggerFactory.getLogger(ChatSession.class);

  private final TimerScheduler<Command> timers;
  private final ActorRef<GenerationEvent> engineEvents;
  private final EngineClient client;
  private final HttpSettings.Sessions limits;
  private final SessionPlan plan;
  private final Exchange exchange;
  private final SessionTimes times;
  private final int intervalTokens;
  private final TokenLog generated = new TokenLog();
  private final DeltaList deltas = new DeltaList();
  private PromptReply.Prepared prompt;
  private AnswerStages stages;
  private StreamingDetokenizer detokenizer;
  private int newTokensMax;
  private boolean begun;

  /** The engine was asked and has not answered yet. */
  private boolean asked;

  /** The engine has accepted the request and not finished it yet. */
  private boolean live;

  /** The client is gone; only the engine's answer is waited for. */
  private boolean left;

  /** Somebody wants this to end; said to the engine as soon as it knows the request. */
  private boolean aborted;

  private long epoch;
  private int resumes;
  private long lostNanos;
  private int reasoningTokens;

  /** The answer is shown as soon as it has so many tokens. */
  private int dueTokens = 1;

  static Behavior<Command> create(
      SessionPlan plan,
      Exchange exchange,
      EngineClient client,
      HttpSettings settings,
      SessionTimes times) {
    return Behaviors.setup(context -> Behaviors.withTimers(timers ->
        new ChatSession(context, timers, plan, exchange, client, settings, times).start(context)));
  }

  /** Ends the answer with what there is of it. */
  static Command aborted() {
    return Notice.ABORTED;
  }

  private ChatSession(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      SessionPlan plan,
      Exchange exchange,
      EngineClient client,
      HttpSettings settings,
      SessionTimes times) {
    super(context);
    this.timers = timers;
    this.engineEvents = context.messageAdapter(GenerationEvent.class, Engine::new);
    this.client = client;
    this.limits = settings.sessions();
    this.intervalTokens = settings.streams().intervalTokens();
    this.plan = plan;
    this.exchange = exchange;
    this.times = times;
  }

  private Behavior<Command> start(ActorContext<Command> context) {
    ActorRef<Command> self = context.getSelf();
    exchange.left().thenRun(() -> self.tell(Notice.CLIENT_LEFT));
    client.prompt(plan.prompt(), context.messageAdapter(PromptReply.class, PromptReady::new));
    return this;
  }

  @Override
  public Behavior<Command> onMessage(Command message) {
    try {
      return switch (message) {
        case PromptReady ready -> onPrompt(ready.reply());
        case Engine engine -> onEngine(engine.event());
        case Notice.CLIENT_LEFT -> onClientLeft("client left");
        case Notice.ABORTED -> onAborted();
        case Notice.TRY_AGAIN -> submit();
      };
    } catch (ApiException refusal) {
      return fail(refusal);
    } catch (StageLimitException limit) {
      return fail(ApiException.internal(limit.getMessage()));
    }
  }

  /** However the session ends, nobody generates for it any longer. */
  @Override
  public Behavior<Command> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      abort();
    }
    return this;
  }

  private Behavior<Command> onPrompt(PromptReply reply) {
    return switch (reply) {
      case PromptReply.Prepared prepared -> onPrepared(prepared);
      case PromptReply.TemplateRejected rejected -> fail(Refusals.of(rejected));
      case PromptReply.Malformed malformed -> fail(Refusals.of(malformed));
      case PromptReply.TooLong tooLong -> fail(Refusals.of(tooLong));
      case PromptReply.Busy busy -> fail(Refusals.of(busy));
      case PromptReply.WorkerFailed failed -> fail(ApiException.internal(failed.message()));
    };
  }

  private Behavior<Command> onPrepared(PromptReply.Prepared prepared) {
    prompt = prepared;
    newTokensMax = Refusals.newTokens(
        plan.sampling(), prepared.tokens().length, client.model().contextTokens());
    Refusals.requireScorable(plan.sampling().scores(), prepared.tokens().length);
    stages = new AnswerStages(plan.form().stages(prepared));
    detokenizer = client.text().tokenizer().detokenizer(plan.form().skipSpecialTokens());
    return submit();
  }

  private Behavior<Command> submit() {
    asked = true;
    client.submit(
        new GenerationRequest(
            plan.id(),
            prompt.tokens().clone(),
            generated.copy(),
            generated.rest(plan.sampling().spec(plan.id())),
            Math.max(1, newTokensMax),
            plan.sampling().stopTokens(client.model().stopTokenIds()),
            plan.priority(),
            plan.cacheNamespace(),
            prompt.checkpointHints().clone()),
        engineEvents);
    return this;
  }

  private Behavior<Command> onEngine(GenerationEvent event) {
    return switch (event) {
      case GenerationEvent.Accepted accepted -> onAccepted(accepted);
      case GenerationEvent.PromptScores more -> more.epoch() == epoch ? onPromptScores(more) : this;
      case GenerationEvent.Tokens tokens -> tokens.epoch() == epoch ? onTokens(tokens) : this;
      case GenerationEvent.Finished finished ->
        finished.epoch() == epoch ? onFinished(finished) : this;
      case GenerationEvent.Rejected rejected -> onRejected(rejected);
      case GenerationEvent.EngineLost lost -> onEngineLost(lost);
    };
  }

  private Behavior<Command> onAccepted(GenerationEvent.Accepted accepted) {
    asked = false;
    live = true;
    epoch = accepted.epoch();
    if (left) {
      return Behaviors.stopped();
    }
    if (!begun) {
      begun = true;
      plan.form().begin(exchange);
    }
    if (aborted) {
      client.abort(plan.id());
    }
    return this;
  }

  private Behavior<Command> onAborted() {
    aborted = true;
    if (live) {
      client.abort(plan.id());
    }
    return this;
  }

  private Behavior<Command> onPromptScores(GenerationEvent.PromptScores more) {
    generated.scored(more.scores().size());
    plan.form().promptScores(more.scores());
    return this;
  }

  private Behavior<Command> onTokens(GenerationEvent.Tokens tokens) {
    times.onStarted(tokens.start());
    if (newTokensMax == 0) {
      return this; // one was asked for, because a step that computes a prompt draws
    }
    int[] ids = tokens.tokens();
    times.onTokens(ids.length);
    int used = 0;
    while (used < ids.length && stages.matchedStop().isEmpty()) {
      take(ids[used++]);
    }
    int[] shown = used == ids.length ? ids : Arrays.copyOf(ids, used);
    if (!tokens.scores().isEmpty()) {
      plan.form().scores(tokens.scores().subList(0, used));
    }
    plan.form().tokens(shown);
    if (!show()) {
      return onClientLeft("client slower than stream-buffer-bytes-max allows");
    }
    if (stages.matchedStop().isPresent()) {
      abort();
      return end(new Ending.StopString(stages.matchedStop().get()), usage(0));
    }
    return this;
  }

  /** Sends what waits if it is time; false when the client does not keep up. */
  private boolean show() {
    if (generated.count() < dueTokens) {
      return true;
    }
    dueTokens = generated.count() + intervalTokens;
    return plan.form().step(deltas.take(), usage(0));
  }

  private void take(int token) {
    boolean before = stages.inThought();
    generated.add(token);
    stages.accept(detokenizer.accept(token), deltas);
    if (before && stages.inThought()) {
      reasoningTokens++;
    }
  }

  private Behavior<Command> onFinished(GenerationEvent.Finished finished) {
    live = false;
    boolean stopToken =
        newTokensMax > 0 && finished.matchedStop() != GenerationEvent.Finished.NO_STOP;
    times.onCached(finished.cachedTokens(), resumes);
    Usage usage = usage(stopToken ? 1 : 0);
    if (finished.reason() == FinishReason.NOT_FINITE) {
      return fail(ApiException.internal(
          "the model's numbers are not finite after " + generated.count() + " tokens"));
    }
    if (finished.reason() == FinishReason.CRASHED) {
      return fail(ApiException.internal("this request crashes the engine and was stopped after "
          + generated.count() + " tokens; others go on"));
    }
    if (finished.reason() == FinishReason.DISPLACED) {
      return fail(ApiException.unavailable(
          503, "a request with a higher priority took this one's place in the full queue"));
    }
    stages.accept(detokenizer.finish(), deltas);
    stages.finish(deltas);
    if (stages.matchedStop().isPresent()) {
      return end(new Ending.StopString(stages.matchedStop().get()), usage);
    }
    return end(
        switch (finished.reason()) {
          case STOP ->
            stopToken ? new Ending.StopToken(finished.matchedStop()) : new Ending.Length(0);
          case LENGTH -> new Ending.Length(generated.count());
          case ABORT, NOT_FINITE, CRASHED, DISPLACED ->
            new Ending.Aborted("the request was aborted");
        },
        usage);
  }

  private Behavior<Command> onRejected(GenerationEvent.Rejected rejected) {
    asked = false;
    if (left) {
      return Behaviors.stopped();
    }
    boolean passing =
        rejected.reason() == RejectReason.NOT_READY || rejected.reason() == RejectReason.QUEUE_FULL;
    boolean patient = times.nowNanos() - lostNanos < limits.resumeWait().toNanos();
    if (resumes > 0 && passing && patient) {
      timers.startSingleTimer(Notice.TRY_AGAIN, Notice.TRY_AGAIN, limits.resumeRetry());
      return this;
    }
    return fail(Refusals.of(rejected));
  }

  private Behavior<Command> onEngineLost(GenerationEvent.EngineLost lost) {
    live = false;
    asked = false;
    if (left) {
      return Behaviors.stopped();
    }
    if (resumes == limits.resumeMax()) {
      return fail(ApiException.unavailable(
          503, "the engine was lost " + (resumes + 1) + " times during this request"));
    }
    resumes++;
    lostNanos = times.nowNanos();
    LOG.info(
        "request {} goes on after epoch {} with {} tokens",
        plan.id(),
        lost.epoch(),
        generated.count());
    return submit();
  }

  private Behavior<Command> end(Ending ending, Usage usage) {
    plan.form().end(deltas.take(), stages, ending, usage);
    times.report(plan.id(), ending.reason(stages.calls() > 0), usage);
    times.onEnded(usage, !(ending instanceof Ending.Aborted));
    return Behaviors.stopped();
  }

  private Behavior<Command> fail(ApiException error) {
    plan.form().fail(exchange, error);
    if (begun) {
      times.onEnded(usage(0), false);
    }
    if (error.status() >= 500) {
      LOG.warn("request {} failed with {}: {}", plan.id(), error.status(), error.getMessage());
    } else {
      LOG.info("request {} refused with {}", plan.id(), error.status());
    }
    return Behaviors.stopped();
  }

  /** Before the engine has answered the request is not ours to abort: its id may be another's. */
  private Behavior<Command> onClientLeft(String why) {
    if (left) {
      return this;
    }
    left = true;
    exchange.dismiss(why);
    times.report(plan.id(), why, usage(0));
    times.onEnded(usage(0), false);
    return asked ? this : Behaviors.stopped();
  }

  private void abort() {
    if (live) {
      live = false;
      client.abort(plan.id());
    }
  }

  private Usage usage(int stopTokens) {
    int promptTokens = prompt == null ? 0 : prompt.tokens().length;
    return new Usage(
        promptTokens, generated.count() + stopTokens, times.cachedTokens(), reasoningTokens);
  }
}
