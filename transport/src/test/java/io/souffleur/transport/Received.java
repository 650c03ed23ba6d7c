package io.souffleur.transport;

import io.souffleur.contracts.step.StepId;
import io.souffleur.contracts.step.StepResult;
import java.util.ArrayList;
import java.util.List;

/** Remembers what came up from a rank. */
final class Received implements ResultListener {
  final List<RankHello> hellos = new ArrayList<>();
  final List<StepId> results = new ArrayList<>();
  final List<Integer> firstTokens = new ArrayList<>();
  final List<String> failures = new ArrayList<>();

  @Override
  public void onHello(RankHello hello) {
    hellos.add(hello);
  }

  @Override
  public void onResult(StepResult result) {
    results.add(result.id());
    firstTokens.add(result.runCount() == 0 ? StepResult.NO_TOKEN : result.token(0));
  }

  @Override
  public void onFailed(StepId id, String message) {
    failures.add(message);
  }
}
