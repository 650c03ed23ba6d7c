package io.souffleur.tokenizer;

import java.util.Objects;
import java.util.Optional;

/**
 * What a chat template gives away about the model's habits: which parsers fit its output and whether
 * thinking can be switched.
 *
 * <p>Read from the template's text alone, by the marks listed at {@link #detect}. It serves the
 * {@code auto} parsers and warnings at launch. Whether one answer starts inside a thought is never
 * taken from here, but from the tail of the rendered prompt.
 *
 * @param reasoningParser {@code interns1} or {@code qwen3}; empty when no mark was found
 * @param toolParser {@code interns1}, {@code qwen3_coder} or {@code qwen}; empty when no mark was found
 * @param thinkingSwitch whether the template reads {@code enable_thinking}
 * @param thinkingByDefault what the template takes when {@code enable_thinking} is not given; without
 *     a switch, whether its text opens a thought at all
 */
public record TemplateTraits(
    Optional<String> reasoningParser,
    Optional<String> toolParser,
    boolean thinkingSwitch,
    boolean thinkingByDefault) {
  public TemplateTraits {
    Objects.requireNonNull(reasoningParser, "reasoningParser");
    Objects.requireNonNull(toolParser, "toolParser");
  }

  /**
   * Reads the marks of a template. The first rule that fits wins:
   *
   * <ol>
   *   <li>{@code default_thinking_sys} with thinking on by default: {@code interns1} for both.
   *   <li>tools: {@code <function=} and {@code <parameter=} make {@code qwen3_coder};
   *       {@code <tool_call>} or thinking on by default make {@code qwen}.
   *   <li>reasoning: a thinking switch or a {@code </think>} in the text make {@code qwen3}.
   * </ol>
   */
  public static TemplateTraits detect(String templateText) {
    return TemplateMarks.traits(templateText);
  }
}
