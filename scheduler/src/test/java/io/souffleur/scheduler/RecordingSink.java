package io.souffleur.scheduler;

import io.souffleur.contracts.request.GenerationEvent.EngineLost;
import io.souffleur.contracts.request.GenerationEvent.Finished;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.contracts.request.TokenScore;
import java.util.ArrayList;
import java.util.List;

/** Writes events down in words. */
final class RecordingSink implements TokenSink {
  final List<String> events = new ArrayList<>();
  private int cached = -1;

  @Override
  public void onAccepted(RequestId id, long epoch) {
    events.add("accepted");
  }

  @Override
  public void onToken(RequestId id, long epoch, int token) {
    events.add("token " + token);
  }

  @Override
  public void onToken(RequestId id, long epoch, int token, TokenScore score) {
    throw new AssertionError("nobody asked for " + score);
  }

  @Override
  public void onFinished(Finished finished) {
    cached = finished.cachedTokens();
    events.add("finished " + finished.reason() + " stop " + finished.matchedStop() + " of "
        + finished.promptTokens() + "+" + finished.generatedTokens());
  }

  @Override
  public void onLost(EngineLost lost) {
    events.add("lost in epoch " + lost.epoch());
  }

  /** Cached tokens as told at the end. */
  int cached() {
    return cached;
  }

  String last() {
    return events.getLast();
  }
}
