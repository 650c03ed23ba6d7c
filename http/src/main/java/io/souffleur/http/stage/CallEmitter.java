package io.souffleur.http.stage;

import io.souffleur.http.stage.argument.JsonText;
import io.souffleur.http.stage.argument.ToolSchemas;

/**
 * Writes calls as deltas: name once, then the arguments; given as parameters they are <code>{</code>,
 * one fragment per finished parameter, and <code>}</code>.
 *
 * <p>Owned by one {@link ToolStage}.
 */
final class CallEmitter {

  private final ToolSchemas tools;
  private int calls;
  private String function = "";
  private boolean objectOpen;

  CallEmitter(ToolSchemas tools) {
    this.tools = tools;
  }

  int calls() {
    return calls;
  }

  void begin(String name, DeltaSink out) {
    if (calls == ToolCallStage.CALLS_MAX) {
      throw new StageLimitException(
          "more than " + ToolCallStage.CALLS_MAX + " tool calls in one answer");
    }
    function = name;
    objectOpen = false;
    out.delta(new Delta.CallBegin(calls++, name));
  }

  /** A call that is known whole. */
  void call(CallObject call, DeltaSink out) {
    begin(call.name(), out);
    fragment(call.arguments(), out);
  }

  /** More of the arguments of the call begun last. */
  void grow(String json, DeltaSink out) {
    if (!json.isEmpty()) {
      fragment(json, out);
    }
  }

  /** @param text the value as the model wrote it, without the newlines that belong to the form */
  void parameter(String key, String text, DeltaSink out) {
    String separator = objectOpen ? ", " : "";
    openObject(out);
    fragment(separator + JsonText.quoted(key) + ": " + tools.jsonValue(function, key, text), out);
  }

  void end(DeltaSink out) {
    openObject(out);
    fragment("}", out);
  }

  StageLimitException tooLong(String key) {
    return new StageLimitException(
        "the value of parameter '" + key + "' of tool call " + (calls - 1) + " (" + function
            + ") is longer than " + ToolCallStage.VALUE_CHARS_MAX + " characters");
  }

  private void openObject(DeltaSink out) {
    if (!objectOpen) {
      objectOpen = true;
      fragment("{", out);
    }
  }

  private void fragment(String json, DeltaSink out) {
    out.delta(new Delta.CallArguments(calls - 1, json));
  }
}
