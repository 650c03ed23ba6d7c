package io.souffleur.http;

import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.DeltaSink;
import java.util.ArrayList;
import java.util.List;

/** Deltas that wait to be shown; neighbours of one kind become one. Owned by one session. */
final class DeltaList implements DeltaSink {
  private final List<Delta> deltas = new ArrayList<>();

  /** Text of the last delta, while it may grow. */
  private final StringBuilder text = new StringBuilder();

  private boolean thought;

  @Override
  public void delta(Delta delta) {
    switch (delta) {
      case Delta.Answer(String piece) -> append(piece, false);
      case Delta.Reasoning(String piece) -> append(piece, true);
      case Delta.CallBegin begin -> add(begin);
      case Delta.CallArguments arguments -> add(arguments);
      case Delta.NoCall markup -> add(markup);
    }
  }

  private void add(Delta delta) {
    close();
    deltas.add(delta);
  }

  private void append(String piece, boolean ofThought) {
    if (ofThought != thought) {
      close();
      thought = ofThought;
    }
    text.append(piece);
  }

  private void close() {
    if (!text.isEmpty()) {
      deltas.add(
          thought ? new Delta.Reasoning(text.toString()) : new Delta.Answer(text.toString()));
      text.setLength(0);
    }
  }

  /** What came since the last call. */
  List<Delta> take() {
    close();
    List<Delta> taken = List.copyOf(deltas);
    deltas.clear();
    return taken;
  }
}
