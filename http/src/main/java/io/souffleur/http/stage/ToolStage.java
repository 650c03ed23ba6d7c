package io.souffleur.http.stage;

/** Finds tool calls in the text of an answer, in the form of one parser. Owned by one session. */
public sealed interface ToolStage permits ToolCallStage, JsonCallStage {

  /** Takes the next piece of the answer; emits text and calls as soon as they are certain. */
  void accept(String piece, DeltaSink out);

  /** Ends the text: gives back what was no call after all. */
  void finish(DeltaSink out);

  /** Calls begun so far. */
  int calls();
}
