package io.souffleur.http.stage;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the deltas of an answer for a client that does not stream.
 *
 * <p>What is joined here is what a stream shows, with two differences that clients of the reference
 * server rely on: of an answer with a thought the outer blanks go, and text behind the first tool
 * call is left out of the content.
 *
 * <p>Owned by one session; grows with the answer, whose length the token limit bounds.
 */
public final class WholeAnswer implements DeltaSink {

  /** A complete call; {@code arguments} is the text of one JSON object. */
  public record Call(int index, String name, String arguments) {}

  private final StringBuilder reasoning = new StringBuilder();
  private final StringBuilder answer = new StringBuilder();
  private final StringBuilder behindCalls = new StringBuilder();
  private final List<String> names = new ArrayList<>();
  private final List<StringBuilder> arguments = new ArrayList<>();

  @Override
  public void delta(Delta delta) {
    switch (delta) {
      case Delta.Reasoning(String text) -> reasoning.append(text);
      case Delta.Answer(String text) -> (names.isEmpty() ? answer : behindCalls).append(text);
      case Delta.CallBegin(int index, String name) -> {
        names.add(name);
        arguments.add(new StringBuilder());
      }
      case Delta.CallArguments(int index, String fragment) ->
        arguments.get(index).append(fragment);
    }
  }

  /** The thought as streamed, all of it. */
  public String streamedReasoning() {
    return reasoning.toString();
  }

  /** The answer's text as streamed, all of it. */
  public String streamedAnswer() {
    return answer.toString() + behindCalls;
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
    if (!thought) {
      return answer.toString();
    }
    return names.isEmpty() ? answer.toString().strip() : answer.toString().stripLeading();
  }

  public List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      calls.add(new Call(i, names.get(i), arguments.get(i).toString()));
    }
    return calls;
  }
}
