package io.souffleur.http;

import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.DeltaSink;
import java.util.ArrayList;
import java.util.List;

/** Deltas of one step; neighbours of one kind become one. Owned by one session. */
final class DeltaList implements DeltaSink {
  private final List<Delta> deltas = new ArrayList<>();

  @Override
  public void delta(Delta delta) {
    Delta last = deltas.isEmpty() ? null : deltas.getLast();
    if (last instanceof Delta.Answer(String a) && delta instanceof Delta.Answer(String b)) {
      deltas.set(deltas.size() - 1, new Delta.Answer(a + b));
    } else if (last instanceof Delta.Reasoning(String a)
        && delta instanceof Delta.Reasoning(String b)) {
      deltas.set(deltas.size() - 1, new Delta.Reasoning(a + b));
    } else {
      deltas.add(delta);
    }
  }

  /** What came since the last call. */
  List<Delta> take() {
    List<Delta> taken = List.copyOf(deltas);
    deltas.clear();
    return taken;
  }
}
