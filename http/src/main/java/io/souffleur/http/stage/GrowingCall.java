package io.souffleur.http.stage;

import io.souffleur.http.stage.argument.JsonGrowth;
import io.souffleur.http.stage.argument.JsonScanner;
import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.Set;

/**
 * Reads a call written as one JSON object while it grows: <code>{"name": …, "arguments": {…}}</code>.
 *
 * <p>The call begins when its arguments do, provided that its name came before them and is one of the
 * tools. Otherwise it never begins here, and the whole block tells what it is.
 *
 * <p>Owned by one block of a {@link JsonCallStage}.
 */
final class GrowingCall implements JsonScanner.Events {
  private static final Set<String> KEYS = Set.of("parameters", "arguments");

  private final ToolSchemas tools;
  private final Set<String> growing;
  private final JsonScanner scanner = new JsonScanner(this);
  private final JsonGrowth arguments = new JsonGrowth();
  private final StringBuilder key = new StringBuilder();
  private final StringBuilder name = new StringBuilder();
  private int depth;
  private boolean inKey;
  private boolean inName;
  private boolean named;
  private boolean begun;
  private boolean writing;
  private boolean waits;

  /** @param growing keys whose value may be shown before the block is whole */
  GrowingCall(ToolSchemas tools, Set<String> growing) {
    this.tools = tools;
    this.growing = growing;
  }

  void accept(char c) {
    scanner.accept(c);
  }

  boolean begun() {
    return begun;
  }

  String name() {
    return name.toString();
  }

  /** Whether the block is one whole JSON value. */
  boolean complete() {
    return scanner.complete();
  }

  /** Whether the block can be no JSON any more. */
  boolean broken() {
    return scanner.broken();
  }

  /** Text of the arguments that came since the last call. */
  String take() {
    return arguments.take();
  }

  /** What ends the arguments here; empty when they are whole. */
  String ending() {
    return arguments.ending();
  }

  @Override
  public void open(char bracket) {
    if (depth == 1 && KEYS.contains(key.toString())) {
      begin(bracket);
    }
    depth++;
    if (writing) {
      arguments.open(bracket);
    }
  }

  private void begin(char bracket) {
    writing = !begun
        && !waits
        && named
        && bracket == '{'
        && growing.contains(key.toString())
        && tools.knows(name.toString());
    begun |= writing;
    waits = true;
  }

  @Override
  public void close(char bracket) {
    depth--;
    if (writing) {
      arguments.close(bracket);
      writing = !arguments.whole();
    }
  }

  @Override
  public void beginString(boolean isKey) {
    if (writing) {
      arguments.beginString(isKey);
    } else if (depth == 1) {
      inKey = isKey;
      inName = !isKey && !named && key.toString().equals("name");
      if (isKey) {
        key.setLength(0);
      } else {
        scalarValue();
      }
    }
  }

  @Override
  public void character(char c) {
    if (writing) {
      arguments.character(c);
    } else if (inKey) {
      key.append(c);
    } else if (inName) {
      name.append(c);
    }
  }

  @Override
  public void endString() {
    if (writing) {
      arguments.endString();
    }
    named |= inName;
    inKey = false;
    inName = false;
  }

  @Override
  public void scalar(String json) {
    if (writing) {
      arguments.scalar(json);
    } else if (depth == 1) {
      scalarValue();
    }
  }

  /** Arguments that are no object, such as null: the whole block tells. */
  private void scalarValue() {
    waits |= KEYS.contains(key.toString());
  }
}
