package io.souffleur.scheduler.sim;

import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.scheduler.TokenSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The owner of one request: keeps its tokens, resumes when the engine is lost, judges the end. */
final class SimClient implements TokenSink {
  private final GenerationRequest request;
  private final Oracle oracle;
  private final List<Integer> tokens = new ArrayList<>();
  private Optional<Finished> finished = Optional.empty();
  private boolean accepted;
  private boolean lost;
  private boolean aborted;

  SimClient(GenerationRequest request, Oracle oracle) {
    this.request = request;
    this.oracle = oracle;
    for (int token : request.generatedPrefix()) {
      tokens.add(token);
    }
  }

  RequestId id() {
    return request.id();
  }

  /** The request as it is to be submitted now: what was received so far is its generated prefix. */
  GenerationRequest request() {
    return new GenerationRequest(
        request.id(),
        request.promptTokens(),
        tokens.stream().mapToInt(Integer::intValue).toArray(),
        request.sampling(),
        request.maxNewTokens(),
        request.stopTokens(),
        request.priority());
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
  }

  @Override
  public void onToken(RequestId id, long epoch, int token) {
    require(
        accepted && finished.isEmpty() && id.equals(request.id()), "token " + token + " astray");
    tokens.add(token);
    require(
        tokens.size() <= oracle.tokens().size() && oracle.tokens().get(tokens.size() - 1) == token,
        "token " + tokens.size() + " is " + token + ", expected " + oracle);
  }

  @Override
  public void onToken(RequestId id, long epoch, int token, TokenScore score) {
    throw new AssertionError("nobody asked for " + score);
  }

  @Override
  public void onFinished(Finished end) {
    require(accepted && finished.isEmpty(), "finished twice");
    finished = Optional.of(end);
    require(end.promptTokens() == request.promptTokens().length, "prompt tokens " + end);
    if (end.reason() == FinishReason.ABORT) {
      require(aborted, "aborted by nobody");
      return;
    }
    int stopTokens = end.reason() == FinishReason.STOP ? 1 : 0;
    require(
        tokens.equals(oracle.tokens())
            && end.reason() == oracle.reason()
            && end.matchedStop() == oracle.matchedStop()
            && end.generatedTokens() == tokens.size() + stopTokens,
        "ended with " + end + " after " + tokens + ", expected " + oracle);
  }

  @Override
  public void onLost(EngineLost event) {
    require(finished.isEmpty(), "lost after its end");
    accepted = false;
    lost = true;
  }

  private void require(boolean holds, String violation) {
    if (!holds) {
      throw new AssertionError(request.id() + ": " + violation);
    }
  }
}
