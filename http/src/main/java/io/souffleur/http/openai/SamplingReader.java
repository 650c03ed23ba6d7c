package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.actors.ModelCard;
import io.souffleur.http.stage.StopStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads the sampling fields that chat requests and {@code /generate} share. */
final class SamplingReader {
  /** Stop token ids of one request. */
  static final int STOP_TOKENS_MAX = 64;

  /** Temperatures below this are greedy. */
  private static final double GREEDY_BELOW = 1e-6;

  private static final double PENALTY_OFF = 0;
  private static final double REPETITION_OFF = 1;

  private final Fields fields;
  private final ModelCard.SamplingDefaults defaults;
  private final int vocabularySize;

  SamplingReader(Fields fields, ModelCard.SamplingDefaults defaults, int vocabularySize) {
    this.fields = fields;
    this.defaults = defaults;
    this.vocabularySize = vocabularySize;
  }

  /** @param seedField the name of the seed differs between the endpoints */
  SamplingChoice read(OptionalInt newTokensMax, String seedField) {
    refuseUnserved();
    return new SamplingChoice(
        temperature(),
        (float) number("top_p", defaults.topP(), 0, false, 1),
        topK(),
        (float) number("min_p", defaults.minP(), 0, true, 1),
        fields.integer(seedField, Long.MIN_VALUE, Long.MAX_VALUE),
        newTokensMax,
        stops(),
        fields.flag("no_stop_trim", false),
        stopTokenIds(),
        fields.flag("ignore_eos", false),
        fields.flag("skip_special_tokens", true));
  }

  private void refuseUnserved() {
    Unserved.number(fields, "frequency_penalty", -2, 2, PENALTY_OFF);
    Unserved.number(fields, "presence_penalty", -2, 2, PENALTY_OFF);
    Unserved.number(fields, "repetition_penalty", 0, 2, REPETITION_OFF);
    for (String name : List.of("min_tokens", "min_new_tokens")) {
      OptionalLong least = fields.integer(name, 0, Integer.MAX_VALUE);
      if (least.isPresent() && least.getAsLong() > 0) {
        throw Unserved.refusal(fields, name, "only 0");
      }
    }
    Unserved.any(fields, "stop_regex", "regex", "ebnf", "json_schema", "structural_tag");
    Unserved.any(fields, "custom_logit_processor");
    Unserved.nonEmpty(fields, "logit_bias");
  }

  private float temperature() {
    double value = fields.number("temperature").orElse(defaults.temperature());
    if (!(value >= 0) || !Float.isFinite((float) value)) {
      throw ApiException.invalid(fields.path("temperature") + " must be a finite number >= 0, got "
          + Fields.show(fields.node("temperature")));
    }
    return value < GREEDY_BELOW ? 0 : (float) value;
  }

  private int topK() {
    OptionalLong value = fields.integer("top_k", Long.MIN_VALUE, Long.MAX_VALUE);
    if (value.isEmpty()) {
      return defaults.topK();
    }
    if (value.getAsLong() != -1 && value.getAsLong() < 1) {
      throw ApiException.invalid(
          fields.path("top_k") + " must be -1 (off) or at least 1, got " + value.getAsLong());
    }
    return value.getAsLong() == -1 ? 0 : (int) Math.min(value.getAsLong(), vocabularySize);
  }

  private double number(String name, double otherwise, double min, boolean closed, double max) {
    double value = fields.number(name).orElse(otherwise);
    if (!(closed ? value >= min : value > min) || !(value <= max)) {
      throw ApiException.invalid(
          fields.path(name) + " must be in " + (closed ? "[" : "(") + Unserved.plain(min) + ", "
              + Unserved.plain(max) + "], got " + Fields.show(fields.node(name)));
    }
    return value;
  }

  private List<String> stops() {
    JsonNode stop = fields.node("stop");
    List<String> stops = new ArrayList<>();
    if (stop.isMissingNode()) {
      return stops;
    }
    if (stop.isTextual()) {
      stops.add(checkedStop(stop, fields.path("stop")));
      return stops;
    }
    if (!stop.isArray()) {
      throw fields.expected("stop", "a string or an array of strings", stop);
    }
    List<JsonNode> elements = fields.array("stop", StopStrings.STRINGS_MAX);
    for (int i = 0; i < elements.size(); i++) {
      stops.add(checkedStop(elements.get(i), fields.path("stop") + "[" + i + "]"));
    }
    return stops;
  }

  private static String checkedStop(JsonNode stop, String path) {
    if (!stop.isTextual()) {
      throw Fields.expectedAt(path, "a string", stop);
    }
    int chars = stop.textValue().length();
    if (chars < 1 || chars > StopStrings.STRING_CHARS_MAX) {
      throw ApiException.invalid(
          path + " must have 1 to " + StopStrings.STRING_CHARS_MAX + " characters, got " + chars);
    }
    return stop.textValue();
  }

  private List<Integer> stopTokenIds() {
    List<Integer> ids = new ArrayList<>();
    List<JsonNode> elements = fields.array("stop_token_ids", STOP_TOKENS_MAX);
    for (int i = 0; i < elements.size(); i++) {
      String path = fields.path("stop_token_ids") + "[" + i + "]";
      ids.add((int) Fields.integer(path, elements.get(i), 0, vocabularySize - 1));
    }
    return ids;
  }
}
