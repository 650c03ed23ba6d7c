package io.souffleur.http.stage;

import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.Set;

/**
 * Finds tool calls in the XML-like form of the parser {@code qwen3_coder}.
 *
 * <pre>
 *   TEXT   -- &lt;tool_call&gt;  --&gt; OPENED -- &lt;function=N&gt; --&gt; BODY
 *   BODY   -- &lt;parameter=K&gt; --&gt; VALUE -- &lt;/parameter&gt; --&gt; BODY
 *   BODY   -- &lt;/function&gt; --&gt; CLOSED -- &lt;/tool_call&gt;, or text --&gt; TEXT
 *   OPENED -- something else --&gt; TEXT
 * </pre>
 *
 * <p>A call is only a call when {@code <function=NAME>} follows its opening marker; a mere mention
 * of a marker stays text. Without the outer marker {@code <function=NAME>} is a call if NAME is one
 * of the request's tools. A value ends at {@code </parameter>}, and where that is missing at the
 * next {@code <parameter=}, {@code </function>}, at a {@code </tool_call>} that ends the text or is
 * followed by the next call, or at the end of the text. The end of the text closes what is open, so
 * joined arguments are always one JSON object.
 *
 * <p>Memory: an unfinished value, or a marker with its name. Each character is looked at a constant
 * number of times. Owned by one session; not thread safe.
 */
public final class ToolCallStage extends ToolStage {

  /** Names of the parsers that this stage is. */
  public static final Set<String> PARSERS = Set.of("qwen3_coder");

  /** Characters of a function's or a parameter's name; a longer one is no name, but text. */
  public static final int NAME_CHARS_MAX = 256;

  /** Characters of one argument value; a longer one fails the answer. */
  public static final int VALUE_CHARS_MAX = 1 << 20;

  /** Calls in one answer; more fail it. */
  public static final int CALLS_MAX = 128;

  private static final String OPEN = "<tool_call>";
  private static final String CLOSE = "</tool_call>";
  private static final String FUNCTION = "<function=";
  private static final String FUNCTION_END = "</function>";
  private static final String PARAMETER = "<parameter=";
  private static final String PARAMETER_END = "</parameter>";

  private enum State {
    TEXT,
    OPENED,
    BODY,
    VALUE,
    CLOSED
  }

  private State state = State.TEXT;

  /** A call's outer marker was not closed yet: the next closing marker is no text. */
  private boolean closeExpected;

  private String key = "";

  public ToolCallStage(ToolSchemas tools) {
    super(tools);
  }

  @Override
  boolean passes(String piece) {
    return state == State.TEXT && piece.indexOf('<') < 0;
  }

  @Override
  boolean step(DeltaSink out) {
    return switch (state) {
      case TEXT -> stepText(out);
      case OPENED -> stepOpened(out);
      case BODY -> stepBody(out);
      case VALUE -> stepValue(out);
      case CLOSED -> stepClosed(out);
    };
  }

  @Override
  void leave(DeltaSink out) {
    switch (state) {
      case TEXT, OPENED -> text(buffer.toString(), out);
      case VALUE -> {
        boolean cutMarker = buffer.length() - scan >= 2;
        endValue(cutMarker ? scan : buffer.length(), buffer.length(), out);
        emitter.end(out);
      }
      case BODY -> emitter.end(out);
      case CLOSED -> {}
    }
    state = State.TEXT;
  }

  private boolean stepText(DeltaSink out) {
    int at = buffer.indexOf("<", scan);
    if (at < 0) {
      flushText(buffer.length(), out);
      return false;
    }
    Marker open = Marker.at(buffer, at, OPEN);
    Marker bare = Marker.at(buffer, at, FUNCTION);
    Marker close = closeExpected ? Marker.at(buffer, at, CLOSE) : Marker.NONE;
    if (open == Marker.FULL) {
      flushText(at, out);
      state = State.OPENED;
      return true;
    }
    if (close == Marker.FULL) {
      flushText(at, out);
      consume(CLOSE.length());
      closeExpected = false;
      return true;
    }
    if (bare == Marker.FULL) {
      int end = nameEnd(at + FUNCTION.length());
      if (end == UNDECIDED) {
        flushText(at, out);
        return false;
      }
      if (end >= 0 && tools.knows(buffer.substring(at + FUNCTION.length(), end))) {
        flushText(at, out);
        beginCall(position, out);
        return true;
      }
    } else if (open == Marker.PARTIAL || bare == Marker.PARTIAL || close == Marker.PARTIAL) {
      flushText(at, out);
      return false;
    }
    scan = at + 1;
    return true;
  }

  /** {@code position} stands on the opening marker. */
  private boolean stepOpened(DeltaSink out) {
    int at = skipBlanks(position + OPEN.length());
    if (at == UNDECIDED) {
      return false;
    }
    if (at >= 0) {
      Marker begin = Marker.at(buffer, at, FUNCTION);
      if (begin == Marker.PARTIAL) {
        return false;
      }
      if (begin == Marker.FULL) {
        int end = beginCall(at, out);
        if (end != REFUSED) {
          return end != UNDECIDED;
        }
      }
    }
    state = State.TEXT;
    scan = position + OPEN.length();
    return true;
  }

  private boolean stepBody(DeltaSink out) {
    int at = buffer.indexOf("<", scan);
    consume((at < 0 ? buffer.length() : at) - position);
    if (at < 0) {
      return false;
    }
    Marker parameter = Marker.at(buffer, position, PARAMETER);
    if (parameter == Marker.FULL) {
      int name = position + PARAMETER.length();
      int end = nameEnd(name);
      if (end == UNDECIDED) {
        return false;
      }
      if (end > name) {
        key = buffer.substring(name, end);
        consume(end + 1 - position);
        state = State.VALUE;
        return true;
      }
    } else if (at(FUNCTION_END)) {
      consume(FUNCTION_END.length());
      emitter.end(out);
      state = State.CLOSED;
      return true;
    } else if (at(OPEN) || at(CLOSE) || at(FUNCTION)) {
      emitter.end(out);
      state = State.CLOSED;
      return true;
    } else if (parameter == Marker.PARTIAL || partial(FUNCTION_END, OPEN, CLOSE, FUNCTION)) {
      return false;
    }
    consume(1);
    return true;
  }

  private boolean stepValue(DeltaSink out) {
    int at = buffer.indexOf("<", scan);
    scan = at < 0 ? buffer.length() : at;
    if (scan - position > VALUE_CHARS_MAX) {
      throw emitter.tooLong(key);
    }
    if (at < 0) {
      return false;
    }
    if (Marker.at(buffer, at, PARAMETER_END) == Marker.FULL) {
      endValue(at, at + PARAMETER_END.length(), out);
      return true;
    }
    boolean ends = Marker.at(buffer, at, PARAMETER) == Marker.FULL
        || Marker.at(buffer, at, FUNCTION_END) == Marker.FULL;
    if (!ends && Marker.at(buffer, at, CLOSE) == Marker.FULL) {
      int next = skipBlanks(at + CLOSE.length());
      Marker call = next < 0 ? Marker.NONE : Marker.at(buffer, next, OPEN);
      if (!ended && (next == UNDECIDED || call == Marker.PARTIAL)) {
        return false;
      }
      ends = next == UNDECIDED || call == Marker.FULL;
    }
    if (ends) {
      endValue(at, at, out);
      return true;
    }
    if (partialAt(at, PARAMETER_END, PARAMETER, FUNCTION_END, CLOSE)) {
      return false;
    }
    scan = at + 1;
    return true;
  }

  /** After a call: blanks and the closing marker go, another call follows, or text does. */
  private boolean stepClosed(DeltaSink out) {
    closeExpected = true;
    int at = skipBlanks(position);
    if (at == UNDECIDED) {
      return false;
    }
    if (at >= 0) {
      if (Marker.at(buffer, at, CLOSE) == Marker.FULL) {
        consume(at + CLOSE.length() - position);
        closeExpected = false;
        state = State.TEXT;
        return true;
      }
      if (Marker.at(buffer, at, OPEN) == Marker.FULL) {
        consume(at - position);
        state = State.OPENED;
        return true;
      }
      if (Marker.at(buffer, at, FUNCTION) == Marker.FULL) {
        int end = beginCall(at, out);
        if (end != REFUSED) {
          return end != UNDECIDED;
        }
      }
      if (partialAt(at, CLOSE, OPEN, FUNCTION)) {
        return false;
      }
    }
    state = State.TEXT;
    return true;
  }

  /**
   * Begins the call whose marker stands at {@code at}, if a name follows.
   *
   * @return index behind the name, {@link #UNDECIDED}, or {@link #REFUSED}, which begin nothing
   */
  private int beginCall(int at, DeltaSink out) {
    int name = at + FUNCTION.length();
    int end = nameEnd(name);
    if (end == UNDECIDED || end <= name) {
      return end == UNDECIDED ? UNDECIDED : REFUSED;
    }
    String function = buffer.substring(name, end);
    consume(end + 1 - position);
    state = State.BODY;
    closeExpected = false;
    emitter.begin(function, out);
    return end;
  }

  private void endValue(int end, int resume, DeltaSink out) {
    int from = position;
    int to = end;
    if (from < to && buffer.charAt(from) == '\n') {
      from++;
    }
    if (from < to && buffer.charAt(to - 1) == '\n') {
      to--;
    }
    emitter.parameter(key, buffer.substring(from, to), out);
    consume(resume - position);
    state = State.BODY;
  }

  /** Index of the {@code >} behind a name, {@link #UNDECIDED}, or {@link #REFUSED}. */
  private int nameEnd(int from) {
    for (int i = from; i < buffer.length(); i++) {
      char c = buffer.charAt(i);
      if (c == '>') {
        return i;
      }
      if (c == '<' || c == '\n' || i - from >= NAME_CHARS_MAX) {
        return REFUSED;
      }
    }
    return ended ? REFUSED : UNDECIDED;
  }

  private boolean at(String marker) {
    return Marker.at(buffer, position, marker) == Marker.FULL;
  }

  private boolean partial(String... markers) {
    return partialAt(position, markers);
  }

  private boolean partialAt(int at, String... markers) {
    for (String marker : markers) {
      if (Marker.at(buffer, at, marker) == Marker.PARTIAL) {
        return true;
      }
    }
    return false;
  }
}
