package io.souffleur.http.stage;

import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.Optional;
import java.util.Set;

/**
 * Finds tool calls that are JSON objects between two markers (parsers {@code interns1}, {@code qwen}
 * and {@code qwen25}).
 *
 * <pre>
 *   TEXT    -- opening marker, blanks, {  --&gt; BLOCK
 *   BLOCK   -- closing marker outside of a JSON string --&gt; CLOSED, or TEXT if it was no call
 *   CLOSED  -- blanks, opening marker; or text --&gt; TEXT
 * </pre>
 *
 * <p>A block is shown as one call with all of its arguments when its closing marker is there. What is
 * no call stays text, markers and all: a mention of a marker, broken JSON, arguments that are no
 * object, a function that the request does not have, a block that never ends.
 *
 * <p>Memory: one block. Owned by one session; not thread safe.
 */
public final class JsonCallStage implements ToolStage {
  /** Characters of a block; a longer one is no call, but text. */
  public static final int BLOCK_CHARS_MAX = 1 << 20;

  /** Blocks with a string that never ends; behind so many of them no calls are looked for. */
  public static final int BROKEN_BLOCKS_MAX = 8;

  /** The markers of one form of calls. */
  public enum Form {
    INTERNS1("<|action_start|> <|plugin|>", "<|action_end|>", Set.of("interns1")),
    QWEN("<tool_call>", "</tool_call>", Set.of("qwen", "qwen25"));

    private final String open;
    private final String close;
    private final Set<String> parsers;

    Form(String open, String close, Set<String> parsers) {
      this.open = open;
      this.close = close;
      this.parsers = parsers;
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

  private final String open;
  private final String close;
  private final ToolSchemas tools;
  private final CallEmitter emitter;
  private final StringBuilder buffer = new StringBuilder();
  private State state = State.TEXT;
  private boolean ended;
  private int broken;

  /** Everything before is done with; in BLOCK the opening marker stands here. */
  private int position;

  /** From here on the buffer was not looked at yet; at least {@code position}. */
  private int scan;

  /** In BLOCK: where the JSON object starts, counted from {@code position}. */
  private int object;

  /** In BLOCK: the first closing marker inside of a string, counted from {@code position}. */
  private int quotedClose = NOWHERE;

  private boolean inString;
  private boolean escaped;

  public JsonCallStage(Form form, ToolSchemas tools) {
    this.open = form.open;
    this.close = form.close;
    this.tools = tools;
    this.emitter = new CallEmitter(tools);
  }

  @Override
  public void accept(String piece, DeltaSink out) {
    if (state == State.PLAIN || state == State.TEXT && buffer.isEmpty() && piece.indexOf('<') < 0) {
      text(piece, out);
      return;
    }
    buffer.append(piece);
    run(out);
  }

  @Override
  public void finish(DeltaSink out) {
    ended = true;
    run(out);
    buffer.setLength(0);
    state = State.TEXT;
  }

  @Override
  public int calls() {
    return emitter.calls();
  }

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

  /** Goes on to the next decision; false when more text is needed for it. */
  private boolean step(DeltaSink out) {
    return switch (state) {
      case TEXT -> stepText(out);
      case BLOCK -> stepBlock(out);
      case CLOSED -> stepClosed();
      case PLAIN -> {
        flush(buffer.length(), out);
        yield false;
      }
    };
  }

  private boolean stepText(DeltaSink out) {
    int at = buffer.indexOf("<", scan);
    if (at < 0) {
      flush(buffer.length(), out);
      return false;
    }
    Marker marker = Marker.at(buffer, at, open);
    if (marker == Marker.PARTIAL && !ended) {
      flush(at, out);
      return false;
    }
    if (marker == Marker.FULL) {
      int start = skipBlanks(at + open.length());
      if (start == NOWHERE && !ended) {
        flush(at, out);
        return false;
      }
      if (start >= 0 && buffer.charAt(start) == '{') {
        flush(at, out);
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
        Marker marker = Marker.at(buffer, scan, close);
        if (marker == Marker.PARTIAL && !ended) {
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
      scan++;
    }
    return ended && giveUp(out);
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
    Optional<CallObject> call = CallObject.read(buffer.substring(position + object, scan), tools);
    int behind = scan + close.length();
    if (call.isPresent()) {
      emitter.call(call.get(), out);
      position = behind;
      state = State.CLOSED;
    } else {
      flush(behind, out);
      state = State.TEXT;
    }
    scan = position;
  }

  /** The block does not end: it is text as far as its first closing marker, or its opening one. */
  private boolean giveUp(DeltaSink out) {
    int end = quotedClose == NOWHERE ? open.length() : quotedClose + close.length();
    flush(position + end, out);
    state = ++broken == BROKEN_BLOCKS_MAX ? State.PLAIN : State.TEXT;
    return true;
  }

  /** After a call: blanks before the next call go, or text follows. */
  private boolean stepClosed() {
    int at = skipBlanks(position);
    if (at == NOWHERE) {
      if (ended) {
        position = buffer.length();
        scan = position;
      }
      return false;
    }
    if (at >= 0) {
      Marker marker = Marker.at(buffer, at, open);
      if (marker == Marker.PARTIAL && !ended) {
        return false;
      }
      if (marker == Marker.FULL) {
        position = at;
      }
    }
    state = State.TEXT;
    scan = position;
    return true;
  }

  /** Index of the first non-blank; {@link #NOWHERE} at the end; below that if it is too far. */
  private int skipBlanks(int from) {
    for (int i = from; i < buffer.length(); i++) {
      if (!Character.isWhitespace(buffer.charAt(i))) {
        return i;
      }
      if (i - from >= ToolCallStage.BLANKS_MAX) {
        return NOWHERE - 1;
      }
    }
    return NOWHERE;
  }

  private void flush(int end, DeltaSink out) {
    text(buffer.substring(position, end), out);
    position = end;
    scan = end;
  }

  private static void text(String text, DeltaSink out) {
    if (!text.isEmpty()) {
      out.delta(new Delta.Answer(text));
    }
  }
}
