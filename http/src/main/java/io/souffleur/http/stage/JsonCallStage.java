package io.souffleur.http.stage;

import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.Set;

/**
 * Finds tool calls that are JSON between two markers (parsers {@code interns1}, {@code qwen} and {@code
 * qwen25}).
 *
 * <pre>
 *   TEXT    -- opening marker, blanks, { or [  --&gt; BLOCK
 *   BLOCK   -- closing marker outside of a JSON string --&gt; CLOSED if it was a call, else TEXT
 *   CLOSED  -- blanks, opening marker; or text --&gt; TEXT
 * </pre>
 *
 * <p>A call is shown as it grows, see {@link GrowingCall}; a block of another order, or with a list of
 * calls, when its closing marker is there. A block between two markers that is no call of one of the
 * tools is {@link Delta.NoCall}; so is a call whose JSON breaks or never ends after it was begun, and
 * what a stream showed of it is ended to be one JSON object. Text are a mention of a marker without
 * an object, and a block that never ends and was not begun.
 *
 * <p>Memory: one block. Owned by one session; not thread safe.
 */
public final class JsonCallStage extends ToolStage {
  /** Characters of a block; a longer one is no call, but text. */
  public static final int BLOCK_CHARS_MAX = 1 << 20;

  /** Blocks with a string that never ends; behind so many of them no calls are looked for. */
  public static final int BROKEN_BLOCKS_MAX = 8;

  /** The markers of one form of calls. */
  public enum Form {
    /** Its arguments are parameters; where it says arguments, parameters may still come and win. */
    INTERNS1(
        "<|action_start|> <|plugin|>", "<|action_end|>", Set.of("interns1"), Set.of("parameters")),
    QWEN(
        "<tool_call>", "</tool_call>", Set.of("qwen", "qwen25"), Set.of("arguments", "parameters"));

    private final String open;
    private final String close;
    private final Set<String> parsers;
    private final Set<String> growing;

    Form(String open, String close, Set<String> parsers, Set<String> growing) {
      this.open = open;
      this.close = close;
      this.parsers = parsers;
      this.growing = growing;
    }

    Set<String> parsers() {
      return parsers;
    }
  }

  private enum State {
    TEXT,
    BLOCK,
    CLOSED,
    /** Too many broken blocks: all that follows is text. */
    PLAIN
  }

  private static final int NOWHERE = -1;

  private final Form form;
  private State state = State.TEXT;
  private int broken;

  /** In BLOCK: where the JSON starts, counted from {@code position}. */
  private int object;

  /** In BLOCK: the first closing marker inside of a string, counted from {@code position}. */
  private int quotedClose = NOWHERE;

  /** In BLOCK: what has been read of the call. */
  private GrowingCall call;

  /** In BLOCK: the call's index once it is shown, and whether its arguments are ended. */
  private int index = Delta.NoCall.NEVER_BEGUN;

  private boolean argumentsEnded;
  private boolean inString;
  private boolean escaped;

  public JsonCallStage(Form form, ToolSchemas tools) {
    super(tools);
    this.form = form;
    this.call = new GrowingCall(tools, form.growing);
  }

  @Override
  boolean passes(String piece) {
    return state == State.PLAIN || state == State.TEXT && piece.indexOf('<') < 0;
  }

  @Override
  boolean step(DeltaSink out) {
    return switch (state) {
      case TEXT -> stepText(out);
      case BLOCK -> stepBlock(out);
      case CLOSED -> stepClosed();
      case PLAIN -> {
        flushText(buffer.length(), out);
        yield false;
      }
    };
  }

  @Override
  void leave(DeltaSink out) {
    state = State.TEXT;
  }

  private boolean stepText(DeltaSink out) {
    int at = buffer.indexOf("<", scan);
    if (at < 0) {
      flushText(buffer.length(), out);
      return false;
    }
    Marker marker = Marker.at(buffer, at, form.open);
    if (marker == Marker.PARTIAL && !ended) {
      flushText(at, out);
      return false;
    }
    if (marker == Marker.FULL) {
      int start = skipBlanks(at + form.open.length());
      if (start == UNDECIDED && !ended) {
        flushText(at, out);
        return false;
      }
      if (start >= 0 && (buffer.charAt(start) == '{' || buffer.charAt(start) == '[')) {
        flushText(at, out);
        begin(start);
        return true;
      }
    }
    scan = at + 1;
    return true;
  }

  private void begin(int start) {
    state = State.BLOCK;
    object = start - position;
    scan = start;
    quotedClose = NOWHERE;
    call = new GrowingCall(tools, form.growing);
    index = Delta.NoCall.NEVER_BEGUN;
    argumentsEnded = false;
    inString = false;
    escaped = false;
  }

  private boolean stepBlock(DeltaSink out) {
    while (scan < buffer.length()) {
      if (scan - position > BLOCK_CHARS_MAX) {
        return giveUp(out);
      }
      char c = buffer.charAt(scan);
      if (c == '<') {
        Marker marker = Marker.at(buffer, scan, form.close);
        if (marker == Marker.PARTIAL && !ended) {
          grow(out);
          return false;
        }
        if (marker == Marker.FULL && !inString) {
          end(out);
          return true;
        }
        if (marker == Marker.FULL && quotedClose == NOWHERE) {
          quotedClose = scan - position;
        }
      }
      follow(c);
      call.accept(c);
      scan++;
    }
    grow(out);
    return ended && giveUp(out);
  }

  /** Shows what has come of the call; ends it where its JSON broke. */
  private void grow(DeltaSink out) {
    if (!call.begun() || argumentsEnded) {
      return;
    }
    if (index == Delta.NoCall.NEVER_BEGUN) {
      index = emitter.calls();
      emitter.begin(call.name(), out);
    }
    emitter.grow(call.take(), out);
    if (call.broken()) {
      endArguments(out);
    }
  }

  private void endArguments(DeltaSink out) {
    if (!argumentsEnded) {
      emitter.grow(call.ending(), out);
      argumentsEnded = true;
    }
  }

  /** Keeps track of whether the text stands inside of a JSON string. */
  private void follow(char c) {
    if (!inString) {
      inString = c == '"';
      escaped = false;
    } else if (escaped) {
      escaped = false;
    } else if (c == '\\') {
      escaped = true;
    } else if (c == '"') {
      inString = false;
    }
  }

  /** {@code scan} stands on the closing marker. */
  private void end(DeltaSink out) {
    grow(out);
    int behind = scan + form.close.length();
    boolean called = call.begun() && call.complete();
    if (!call.begun()) {
      for (CallObject each : CallObject.read(buffer.substring(position + object, scan), tools)) {
        emitter.call(each, out);
        called = true;
      }
    }
    if (called) {
      consume(behind - position);
      state = State.CLOSED;
    } else {
      noCall(behind, out);
    }
  }

  /** The block up to {@code end} is no call. */
  private void noCall(int end, DeltaSink out) {
    if (call.begun()) {
      endArguments(out);
    }
    out.delta(new Delta.NoCall(index, buffer.substring(position, end)));
    consume(end - position);
    state = State.TEXT;
  }

  /**
   * The block does not end: it goes as far as its first closing marker, though it stands in a string;
   * else as far as there is text if a call was begun, or is the opening marker alone.
   */
  private boolean giveUp(DeltaSink out) {
    grow(out);
    int end = call.begun() ? scan : position + form.open.length();
    if (quotedClose != NOWHERE) {
      end = position + quotedClose + form.close.length();
    }
    if (call.begun()) {
      noCall(end, out);
    } else {
      flushText(end, out);
    }
    state = ++broken == BROKEN_BLOCKS_MAX ? State.PLAIN : State.TEXT;
    return true;
  }

  /** After a call: blanks before the next call go, or text follows. */
  private boolean stepClosed() {
    int at = skipBlanks(position);
    if (at == UNDECIDED) {
      if (ended) {
        consume(buffer.length() - position);
      }
      return false;
    }
    if (at >= 0) {
      Marker marker = Marker.at(buffer, at, form.open);
      if (marker == Marker.PARTIAL && !ended) {
        return false;
      }
      if (marker == Marker.FULL) {
        consume(at - position);
      }
    }
    state = State.TEXT;
    scan = position;
    return true;
  }
}
