package io.souffleur.http.stage.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The results that a vector accepts, for streams and for whole answers.
 *
 * <p>Of the two recorded profiles A counts, B where A is the same and therefore absent. For streams a
 * {@code correct} result replaces what is recorded. Where the verdict is {@code quirk} and no correct
 * result is given, any recorded result of the profile is accepted.
 */
record VectorExpectation(Set<ParsedAnswer> streamed, Set<ParsedAnswer> whole) {
  /**
   * The one vector whose {@code correct} result is wrong: it has calls of get_weather and search,
   * which occur neither in the vector's text nor among its tools; the text calls lookup and plot.
   * The recorded result for whole answers has just these two, and it is what a stream has to give.
   */
  static final String MISTAKEN = "pub-interns1-two_calls";

  static VectorExpectation of(JsonNode vector) {
    JsonNode expect = vector.path("expect");
    JsonNode profile = expect.has("A") ? expect.path("A") : expect.path("B");
    ParsedAnswer whole = ParsedAnswer.recorded(profile.path("non_stream"));
    if (vector.path("id").asText().equals(MISTAKEN)) {
      return new VectorExpectation(Set.of(whole), Set.of(whole));
    }
    boolean quirk = vector.path("verdict").asText().equals("quirk");
    Set<ParsedAnswer> streamed = new LinkedHashSet<>();
    Set<ParsedAnswer> wholes = new LinkedHashSet<>();
    wholes.add(whole);
    if (vector.has("correct")) {
      streamed.add(ParsedAnswer.recorded(vector.path("correct")));
    } else {
      for (JsonNode stream : profile.path("streams")) {
        if (quirk || !stream.has("held_back_at_end")) {
          streamed.add(ParsedAnswer.recorded(stream.path("final")));
        }
      }
    }
    if (quirk && !vector.has("correct")) {
      wholes.addAll(streamed);
      streamed.add(whole);
    }
    return new VectorExpectation(streamed, wholes);
  }
}
