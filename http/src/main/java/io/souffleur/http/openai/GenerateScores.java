package io.souffleur.http.openai;

import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.request.TokenScore;
import java.util.List;

/**
 * Log-probabilities in the {@code meta_info} of one {@code /generate} answer. Owned by one session.
 *
 * <p>Those of the prompt stand in every event of a stream, as clients know it, unless they are long:
 * then in the first event alone, because a stream is bounded.
 */
public final class GenerateScores {
  /** Characters of prompt scores up to which every event of a stream repeats them. */
  static final int REPEATED_CHARS_MAX = 16 << 10;

  private final ScoreSpec spec;
  private final ScoreWriter writer;
  private final boolean withText;
  private final ScoredPlaces input;
  private ScoredPlaces output;
  private boolean inputSent;

  /** @param withText whether tokens come with their text */
  public GenerateScores(ScoreSpec spec, ScoreWriter writer, boolean withText) {
    this.spec = spec;
    this.writer = writer;
    this.withText = withText;
    input = new ScoredPlaces("input", spec, writer, withText);
    output = newOutput();
  }

  private ScoredPlaces newOutput() {
    return new ScoredPlaces("output", spec, writer, withText);
  }

  /** The first token that is shown of a prompt has no score. */
  public void prompt(int[] tokens) {
    if (spec.on() && spec.promptFrom() <= tokens.length) {
      input.addUnscored(tokens[spec.promptFrom() - 1]);
    }
  }

  public void addPrompt(List<TokenScore> scores) {
    scores.forEach(input::add);
  }

  public void add(List<TokenScore> scores) {
    scores.forEach(output::add);
  }

  /** Forgets the output so far: the next event carries what is new. */
  public void startAnew() {
    output = newOutput();
  }

  /** Appends what a whole answer carries. */
  void write(StringBuilder out) {
    if (spec.on()) {
      input.write(out);
      output.write(out);
    }
  }

  /** Appends what an event carries. */
  void writeEvent(StringBuilder out) {
    if (spec.on() && inputSent && input.chars() > REPEATED_CHARS_MAX) {
      output.write(out);
    } else {
      write(out);
    }
    inputSent = true;
  }
}
