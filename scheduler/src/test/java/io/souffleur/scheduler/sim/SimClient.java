package io.souffleur.scheduler.sim;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.scheduler.TokenSink;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** The owner of one request: keeps its tokens, resumes when the engine is lost, judges the end. */
final class SimClient implements TokenSink {
  private final GenerationRequest request;
  private final Oracle oracle;
  private final boolean mayCrash;
  private final boolean mayBeDisplaced;
  private int[] tokens;
  private int count;
  private int countAtFirst;
  private Optional<Finished> finished = Optional.empty();
  private boolean accepted;
  private boolean lost;
  private boolean aborted;

  /**
   * @param mayCrash whether its rank may crash over it
   * @param mayBeDisplaced whether a more urgent request may take its place in the queue
   */
  SimClient(GenerationRequest request, Oracle oracle, boolean mayCrash, boolean mayBeDisplaced) {
    this.mayBeDisplaced = mayBeDisplaced;
    this.request = request;
    this.oracle = oracle;
    this.mayCrash = mayCrash;
    tokens = Arrays.copyOf(request.generatedPrefix(), request.maxNewTokens() + 1);
    count = request.generatedPrefix().length;
  }

  long seed() {
    return request.sampling().seed();
  }

  /** Prompt and whole answer, as far as there is one. */
  int[] conversation() {
    int[] prompt = request.promptTokens();
    int[] all = Arrays.copyOf(prompt, prompt.length + oracle.tokens().length);
    System.arraycopy(oracle.tokens(), 0, all, prompt.length, oracle.tokens().length);
    return all;
  }

  RequestId id() {
    return request.id();
  }

  /** The request as it is to be submitted now: what was received so far is its generated prefix. */
  GenerationRequest request() {
    return new GenerationRequest(
        request.id(),
        request.promptTokens(),
        Arrays.copyOf(tokens, count),
        request.sampling(),
        request.maxNewTokens(),
        request.stopTokens(),
        request.priority(),
        request.cacheNamespace(),
        request.checkpointHints());
  }

  void abort() {
    aborted = true;
  }

  boolean ended() {
    return finished.isPresent();
  }

  boolean takeLost() {
    boolean was = lost;
    lost = false;
    return was;
  }

  @Override
  public void onAccepted(RequestId id, long epoch) {
    require(!accepted && id.equals(request.id()), "accepted twice");
    accepted = true;
    countAtFirst = count;
  }

  @Override
  public void onToken(RequestId id, long epoch, int token) {
    require(
        accepted && finished.isEmpty() && id.equals(request.id()),
        () -> "token " + token + " astray");
    tokens[count++] = token;
    require(
        count <= oracle.tokens().length && oracle.tokens()[count - 1] == token,
        () -> "token " + count + " is " + token + ", expected " + oracle);
  }

  @Override
  public void onToken(RequestId id, long epoch, int token, TokenScore score) {
    throw new AssertionError("nobody asked for " + score);
  }

  @Override
  public void onFinished(Finished end) {
    require(accepted && finished.isEmpty(), "finished twice");
    finished = Optional.of(end);
    require(
        end.promptTokens() == request.promptTokens().length
            && end.cachedTokens() >= 0
            && end.cachedTokens() <= end.promptTokens(),
        "ended with " + end);
    if (end.reason() == FinishReason.ABORT) {
      require(aborted, "aborted by nobody");
      return;
    }
    if (end.reason() == FinishReason.DISPLACED) {
      require(mayBeDisplaced && count == countAtFirst, "displaced for nobody, or after it ran");
      return;
    }
    if (end.reason() == FinishReason.CRASHED) {
      require(mayCrash, "crashed over nothing");
      return;
    }
    int stopTokens = end.reason() == FinishReason.STOP ? 1 : 0;
    require(
        count == oracle.tokens().length
            && end.reason() == oracle.reason()
            && end.matchedStop() == oracle.matchedStop()
            && end.generatedTokens() == count + stopTokens,
        () -> "ended with " + end + " after " + Arrays.toString(tokens) + ", expected " + oracle);
  }

  @Override
  public void onLost(EngineLost event) {
    require(finished.isEmpty(), "lost after its end");
    accepted = false;
    lost = true;
  }

  private void require(boolean holds, Supplier<String> violation) {
    require(holds, holds ? "" : violation.get());
  }

  private void require(boolean holds, String violation) {
    if (!holds) {
      throw new AssertionError(request.id() + ": " + violation);
    }
  }
}
