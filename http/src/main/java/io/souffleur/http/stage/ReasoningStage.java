package io.souffleur.http.stage;

import java.util.Set;

/**
 * Splits a text into thought and answer at {@code <think>} and {@code </think>} (parsers {@code
 * qwen3} and {@code interns1}, which are one and the same).
 *
 * <pre>
 *   ANSWER  --&lt;think&gt;--&gt;  THOUGHT  --&lt;/think&gt;--&gt;  REST
 *   start, unless forced    start, if forced      for good: markers are text
 * </pre>
 *
 * <p>Only a suffix that may become a marker is held back, at most seven characters. Opening markers
 * inside the thought are dropped; the end of the text in the thought leaves all of it thought. Tool
 * call markup inside a thought is thought.
 *
 * <p>Owned by one session; not thread safe.
 */
public final class ReasoningStage {

  /** Names of the parsers that this stage is. */
  public static final Set<String> PARSERS = Set.of("qwen3", "interns1");

  /** Marker that opens the thought. */
  public static final String OPEN = "<think>";

  /** Marker that closes the thought. */
  public static final String CLOSE = "</think>";

  /** Characters of a thought collected when it is not streamed; then they are passed on. */
  public static final int COLLECTED_CHARS_MAX = 1 << 20;

  private enum State {
    ANSWER,
    THOUGHT,
    REST
  }

  private final boolean streamed;
  private final StringBuilder collected = new StringBuilder();
  private State state;
  private boolean on;
  private String held = "";

  /**
   * @param forced the prompt ended inside a thought, so the text starts in it
   * @param streamed whether the thought is passed on as it comes, or in one delta at its end
   */
  public ReasoningStage(boolean forced, boolean streamed) {
    this.state = forced ? State.THOUGHT : State.ANSWER;
    this.on = forced;
    this.streamed = streamed;
  }

  /** Takes the next piece and emits {@link Delta.Reasoning} and {@link Delta.Answer}. */
  public void accept(String piece, DeltaSink out) {
    if (state == State.REST) {
      emit(piece, out);
      return;
    }
    String text = held.isEmpty() ? piece : held.concat(piece);
    held = "";
    int from = 0;
    int at = text.indexOf('<');
    while (at >= 0) {
      Marker open = Marker.at(text, at, OPEN);
      Marker close = state == State.THOUGHT ? Marker.at(text, at, CLOSE) : Marker.NONE;
      if (open == Marker.FULL) {
        emit(text.substring(from, at), out);
        state = State.THOUGHT;
        on = true;
        from = at + OPEN.length();
        at = text.indexOf('<', from);
      } else if (close == Marker.FULL) {
        emit(text.substring(from, at), out);
        releaseCollected(out);
        state = State.REST;
        from = at + CLOSE.length();
        at = -1;
      } else if (open == Marker.PARTIAL || close == Marker.PARTIAL) {
        emit(text.substring(from, at), out);
        held = text.substring(at);
        return;
      } else {
        at = text.indexOf('<', at + 1);
      }
    }
    emit(from == 0 ? text : text.substring(from), out);
  }

  /** Ends the text: held-back characters are what they would have been. */
  public void finish(DeltaSink out) {
    emit(held, out);
    held = "";
    releaseCollected(out);
  }

  /** Whether the text is inside the thought now. */
  public boolean inThought() {
    return state == State.THOUGHT;
  }

  /** Whether there was a thought at all, empty or not. */
  public boolean thought() {
    return on;
  }

  /** Whether the thought was closed. */
  public boolean closed() {
    return state == State.REST;
  }

  private void emit(String text, DeltaSink out) {
    if (text.isEmpty()) {
      return;
    }
    if (state != State.THOUGHT) {
      out.delta(new Delta.Answer(text));
    } else if (streamed) {
      out.delta(new Delta.Reasoning(text));
    } else {
      collected.append(text);
      if (collected.length() >= COLLECTED_CHARS_MAX) {
        releaseCollected(out);
      }
    }
  }

  private void releaseCollected(DeltaSink out) {
    if (!collected.isEmpty()) {
      out.delta(new Delta.Reasoning(collected.toString()));
      collected.setLength(0);
    }
  }
}
