package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.actors.ModelCard;
import io.souffleur.contracts.request.LogitRules;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.http.stage.StopStrings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads the sampling fields that chat requests and {@code /generate} share. */
final class SamplingReader {
  /** Stop token ids of one request. */
  static final int STOP_TOKENS_MAX = 64;

  /** Answers of one prompt. */
  static final int CHOICES_MAX = 128;

  /** Temperatures below this are greedy. */
  private static final double GREEDY_BELOW = 1e-6;

  private static final int BIAS_LIMIT = 100;
  private static final int ID_DIGITS_MAX = 9;

  /** No sign and no leading zero, so that no id has two names. */
  private static final Pattern TOKEN_ID = Pattern.compile("0|[1-9][0-9]*");

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
        fields.flag("skip_special_tokens", true),
        rules(newTokensMax),
        ScoreSpec.NONE,
        (int) fields.integer("n", 1, CHOICES_MAX).orElse(1),
        0);
  }

  private void refuseUnserved() {
    Unserved.any(fields, "stop_regex", "regex", "ebnf", "json_schema", "structural_tag");
    Unserved.any(fields, "custom_logit_processor");
    long choices = fields.integer("n", 1, CHOICES_MAX).orElse(1);
    if (fields.integer("best_of", 1, Integer.MAX_VALUE).orElse(choices) != choices) {
      throw Unserved.refusal(fields, "best_of", "only the value of n");
    }
  }

  private LogitRules rules(OptionalInt newTokensMax) {
    return new LogitRules(
        (float) number("frequency_penalty", 0, -2, true, 2),
        (float) number("presence_penalty", 0, -2, true, 2),
        Math.max(Float.MIN_NORMAL, (float)
            number("repetition_penalty", defaults.repetitionPenalty(), 0, false, 2)),
        minTokens(newTokensMax),
        bias());
  }

  /** The name differs between the endpoints; both are understood everywhere. */
  private int minTokens(OptionalInt newTokensMax) {
    String name = fields.has("min_new_tokens") ? "min_new_tokens" : "min_tokens";
    long max = newTokensMax.orElse(Integer.MAX_VALUE);
    return (int) fields.integer(name, 0, max).orElse(0);
  }

  private List<LogitRules.Bias> bias() {
    List<LogitRules.Bias> bias = new ArrayList<>();
    JsonNode given = fields.node("logit_bias");
    if (given.isMissingNode()) {
      return bias;
    }
    String path = fields.path("logit_bias");
    if (!given.isObject()) {
      throw Fields.expectedAt(path, "an object of token ids and numbers", given);
    }
    if (given.size() > LogitRules.BIAS_MAX) {
      throw ApiException.invalid(
          path + " has " + given.size() + " entries, allowed are at most " + LogitRules.BIAS_MAX);
    }
    for (Map.Entry<String, JsonNode> entry : given.properties()) {
      bias.add(bias(path, entry.getKey(), entry.getValue()));
    }
    bias.sort(Comparator.comparingInt(LogitRules.Bias::token));
    return bias;
  }

  private LogitRules.Bias bias(String path, String id, JsonNode value) {
    boolean digits = id.length() <= ID_DIGITS_MAX && TOKEN_ID.matcher(id).matches();
    if (!digits || Integer.parseInt(id) >= vocabularySize) {
      throw ApiException.invalid(path + " takes token ids from 0 to " + (vocabularySize - 1)
          + " as names, got \"" + Fields.shorten(id) + "\"");
    }
    if (!value.isNumber()) {
      throw Fields.expectedAt(path + "." + id, "a number", value);
    }
    if (!(Math.abs(value.doubleValue()) <= BIAS_LIMIT)) {
      throw ApiException.invalid(
          path + "." + id + " must be in [-100, 100], got " + Fields.show(value));
    }
    return new LogitRules.Bias(Integer.parseInt(id), value.floatValue());
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
