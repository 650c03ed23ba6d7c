package io.souffleur.http.stage;

import io.souffleur.http.stage.argument.ToolSchemas;

/**
 * Finds tool calls in the text of an answer, in the form of one parser.
 *
 * <p>The text that is not decided about is kept with two cursors; a parser is a {@link #step} that
 * moves them.
 *
 * <pre>
 *   | done with, goes | looked at, undecided | not looked at |
 *   0                 position               scan            length
 * </pre>
 *
 * <p>Owned by one session; not thread safe.
 */
public abstract sealed class ToolStage permits ToolCallStage, JsonCallStage {
  /** Blanks allowed between two markers that belong together. */
  public static final int BLANKS_MAX = 64;

  /** An index that only more text can tell. */
  static final int UNDECIDED = -1;

  /** An index that no text can give any more. */
  static final int REFUSED = -2;

  final ToolSchemas tools;
  final CallEmitter emitter;
  final StringBuilder buffer = new StringBuilder();

  /** Everything before is done with. */
  int position;

  /** From here on the buffer was not looked at yet; at least {@code position}. */
  int scan;

  /** No text will come any more. */
  boolean ended;

  ToolStage(ToolSchemas tools) {
    this.tools = tools;
    this.emitter = new CallEmitter(tools);
  }

  /** Takes the next piece of the answer; emits text and calls as soon as they are certain. */
  public final void accept(String piece, DeltaSink out) {
    if (buffer.isEmpty() && passes(piece)) {
      text(piece, out);
      return;
    }
    buffer.append(piece);
    run(out);
  }

  /** Ends the text: gives back what was no call after all, and closes what is open. */
  public final void finish(DeltaSink out) {
    ended = true;
    run(out);
    leave(out);
    buffer.setLength(0);
  }

  /** Calls begun so far. */
  public final int calls() {
    return emitter.calls();
  }

  /** Whether a piece is text, when nothing is pending. */
  abstract boolean passes(String piece);

  /** Goes on to the next decision; false when more text is needed for it. */
  abstract boolean step(DeltaSink out);

  /** Decides, at the end of the text, about what is still open. */
  abstract void leave(DeltaSink out);

  private void run(DeltaSink out) {
    while (step(out)) {
      // each step consumes text or changes the state
    }
    if (position > 0) {
      buffer.delete(0, position);
      scan -= position;
      position = 0;
    }
  }

  /** Index of the first non-blank, {@link #UNDECIDED} at the end, {@link #REFUSED} if too far. */
  final int skipBlanks(int from) {
    for (int i = from; i < buffer.length(); i++) {
      if (!Character.isWhitespace(buffer.charAt(i))) {
        return i;
      }
      if (i - from >= BLANKS_MAX) {
        return REFUSED;
      }
    }
    return UNDECIDED;
  }

  final void consume(int chars) {
    position += chars;
    scan = position;
  }

  /** Shows the text before {@code end} and is done with it. */
  final void flushText(int end, DeltaSink out) {
    text(buffer.substring(position, end), out);
    consume(end - position);
  }

  static void text(String text, DeltaSink out) {
    if (!text.isEmpty()) {
      out.delta(new Delta.Answer(text));
    }
  }
}
