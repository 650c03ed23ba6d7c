package io.souffleur.http.stage;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the deltas of an answer for a client that does not stream.
 *
 * <p>What is joined here is what a stream shows, with three differences that clients of the reference
 * server rely on: of an answer with a thought the outer blanks go, text behind the first tool call is
 * left out of the content, and a call that turned out to be none is none: its markup is text where
 * the answer has no other call.
 *
 * <p>Owned by one session; grows with the answer, whose length the token limit bounds.
 */
public final class WholeAnswer implements DeltaSink {

  /** A complete call; {@code arguments} is the text of one JSON object. */
  public record Call(int index, String name, String arguments) {}

  /** A call as it grows. */
  private static final class Begun {
    private final String name;
    private final int textBefore;
    private final StringBuilder arguments = new StringBuilder();
    private boolean none;

    Begun(String name, int textBefore) {
      this.name = name;
      this.textBefore = textBefore;
    }
  }

  private final StringBuilder reasoning = new StringBuilder();
  private final StringBuilder streamed = new StringBuilder();
  private final StringBuilder withMarkup = new StringBuilder();
  private final List<Begun> begun = new ArrayList<>();

  @Override
  public void delta(Delta delta) {
    switch (delta) {
      case Delta.Reasoning(String text) -> reasoning.append(text);
      case Delta.Answer(String text) -> {
        streamed.append(text);
        withMarkup.append(text);
      }
      case Delta.CallBegin(int index, String name) -> begun.add(new Begun(name, streamed.length()));
      case Delta.CallArguments(int index, String fragment) ->
        begun.get(index).arguments.append(fragment);
      case Delta.NoCall(int index, String text) -> {
        withMarkup.append(text);
        if (index != Delta.NoCall.NEVER_BEGUN) {
          begun.get(index).none = true;
        }
      }
    }
  }

  /** The thought as streamed, all of it. */
  public String streamedReasoning() {
    return reasoning.toString();
  }

  /** The answer's text as streamed, all of it. */
  public String streamedAnswer() {
    return streamed.toString();
  }

  /** The calls as streamed, with those that turned out to be none. */
  public List<Call> streamedCalls() {
    return numbered(begun);
  }

  /**
   * The thought without blanks before it; without blanks behind it, too, if it was never closed.
   *
   * @param closed whether the thought came to its end
   */
  public String reasoning(boolean closed) {
    return closed ? reasoning.toString().stripLeading() : reasoning.toString().strip();
  }

  /**
   * The text before the first call.
   *
   * @param thought whether there was a thought; only then outer blanks are cut
   */
  public String content(boolean thought) {
    List<Begun> calls = called();
    String content = calls.isEmpty()
        ? withMarkup.toString()
        : streamed.substring(0, calls.getFirst().textBefore);
    if (!thought) {
      return content;
    }
    return calls.isEmpty() ? content.strip() : content.stripLeading();
  }

  /** The calls, numbered from 0. */
  public List<Call> calls() {
    return numbered(called());
  }

  private List<Begun> called() {
    return begun.stream().filter(call -> !call.none).toList();
  }

  private static List<Call> numbered(List<Begun> some) {
    List<Call> calls = new ArrayList<>();
    for (Begun call : some) {
      calls.add(new Call(calls.size(), call.name, call.arguments.toString()));
    }
    return calls;
  }
}
