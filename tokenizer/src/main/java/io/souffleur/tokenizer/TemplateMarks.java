package io.souffleur.tokenizer;

import java.util.Optional;
import java.util.regex.Pattern;

/** The textual rules behind {@link TemplateTraits#detect}. Stateless. */
final class TemplateMarks {
  private static final String SWITCH = "enable_thinking";

  /** The template acts only on an explicit false, so a missing value means true. */
  private static final Pattern ONLY_FALSE_SWITCHES_OFF =
      Pattern.compile(SWITCH + "\\s+is\\s+defined\\s+and\\s+"
          + "(?:" + SWITCH + "\\s+is\\s+(?:false|False)|not\\s+" + SWITCH
          + "|" + SWITCH + "\\s*==\\s*(?:false|False))");

  private static final Pattern NOT_DEFINED_THEN_SET = Pattern.compile(
      SWITCH + "\\s+is\\s+(?:not\\s+defined|undefined)\\s*[-+]?%\\}\\s*\\{%[-+]?\\s*set\\s+"
          + SWITCH + "\\s*=\\s*(true|false|True|False)\\b");

  private static final Pattern SET_IF_ELSE = Pattern.compile("set\\s+" + SWITCH + "\\s*=\\s*"
      + SWITCH + "\\s+if\\s[^%]*?\\selse\\s+(true|false|True|False)\\b");

  private static final Pattern DEFAULT_FILTER =
      Pattern.compile(SWITCH + "\\s*\\|\\s*(?:default|d)\\s*\\(\\s*(true|false|True|False)\\b");

  private TemplateMarks() {}

  static TemplateTraits traits(String text) {
    boolean hasSwitch = text.contains(SWITCH);
    boolean byDefault = hasSwitch ? switchDefault(text) : text.contains("<think>");
    if (byDefault && hasSwitch && text.contains("default_thinking_sys")) {
      Optional<String> both = Optional.of("interns1");
      return new TemplateTraits(both, both, true, true);
    }
    return new TemplateTraits(
        reasoning(text, hasSwitch), tools(text, hasSwitch && byDefault), hasSwitch, byDefault);
  }

  /** An explicit assignment says it plainly and wins over conditions further down. */
  private static boolean switchDefault(String text) {
    for (Pattern assignment : new Pattern[] {NOT_DEFINED_THEN_SET, SET_IF_ELSE, DEFAULT_FILTER}) {
      var match = assignment.matcher(text);
      if (match.find()) {
        return match.group(1).equalsIgnoreCase("true");
      }
    }
    if (ONLY_FALSE_SWITCHES_OFF.matcher(text).find()) {
      return true;
    }
    return false;
  }

  private static Optional<String> reasoning(String text, boolean hasSwitch) {
    return hasSwitch || text.contains("</think>") ? Optional.of("qwen3") : Optional.empty();
  }

  private static Optional<String> tools(String text, boolean thinkingByDefault) {
    if (text.contains("<function=") && text.contains("<parameter=")) {
      return Optional.of("qwen3_coder");
    }
    return text.contains("<tool_call>") || thinkingByDefault
        ? Optional.of("qwen")
        : Optional.empty();
  }
}
