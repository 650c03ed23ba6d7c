package io.souffleur.http.stage.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The results that a vector accepts, for streams and for whole answers.
 *
 * <p>Of the two recorded profiles A counts, B where A is the same and therefore absent. A {@code
 * correct} result replaces what is recorded for streams; there the result for whole answers is
 * accepted, too, because a stream here shows the same text as a whole answer. Where the verdict is {@code quirk} and no
 * correct result is given, any recorded result of the profile is accepted.
 */
record VectorExpectation(Set<ParsedAnswer> streamed, Set<ParsedAnswer> whole) {

  static VectorExpectation of(JsonNode vector) {
    JsonNode expect = vector.path("expect");
    JsonNode profile = expect.has("A") ? expect.path("A") : expect.path("B");
    ParsedAnswer whole = ParsedAnswer.recorded(profile.path("non_stream"));
    boolean quirk = vector.path("verdict").asText().equals("quirk");
    Set<ParsedAnswer> streamed = new LinkedHashSet<>();
    Set<ParsedAnswer> wholes = new LinkedHashSet<>();
    wholes.add(whole);
    if (vector.has("correct")) {
      streamed.add(ParsedAnswer.recorded(vector.path("correct")));
      streamed.add(whole);
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
