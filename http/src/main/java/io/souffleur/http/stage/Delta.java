package io.souffleur.http.stage;

/** One step of an answer as a client sees it: the output of the last stage. */
public sealed interface Delta {

  /** A part of the thought; joined parts are the whole thought. */
  record Reasoning(String text) implements Delta {}

  /** A part of the visible answer. */
  record Answer(String text) implements Delta {}

  /**
   * A tool call begins. Sent once per call, before its arguments.
   *
   * @param index running number of the call in this answer, from 0
   */
  record CallBegin(int index, String name) implements Delta {}

  /**
   * A part of a call's arguments.
   *
   * @param index the number given by {@link CallBegin}
   * @param fragment JSON text; all fragments of a call joined are one JSON object
   */
  record CallArguments(int index, String fragment) implements Delta {}

  /**
   * Markup of a call that is none: a function that the request does not have, or broken JSON. A
   * stream shows nothing of it, a whole answer shows it as text if it has no call at all.
   *
   * @param index the call that was begun for it and is taken back where that is still possible, or
   *     {@link #NEVER_BEGUN}
   * @param text the block with its markers, as far as it goes
   */
  record NoCall(int index, String text) implements Delta {
    /** Instead of a call's index: no client has heard of the block. */
    public static final int NEVER_BEGUN = -1;
  }
}
