package io.souffleur.http.openai;

import java.util.Optional;

/**
 * Token counts of one answer.
 *
 * @param completionTokens generated tokens, thought and stop token included
 * @param cachedTokens prompt tokens that a cache held; shown only when the server reports them
 * @param reasoningTokens tokens of the thought
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens, int reasoningTokens) {
  public static final Usage NONE = new Usage(0, 0, 0, 0);

  /** As this, for a further answer to the same prompt, which counts once. */
  public Usage withoutPrompt() {
    return new Usage(0, completionTokens, 0, reasoningTokens);
  }

  /** Both together, for answers with several prompts. */
  public Usage plus(Usage other) {
    return new Usage(
        promptTokens + other.promptTokens,
        completionTokens + other.completionTokens,
        cachedTokens + other.cachedTokens,
        reasoningTokens + other.reasoningTokens);
  }

  /** For bodies, which show every key, null where there is nothing to say. */
  void write(boolean cacheReport, StringBuilder out) {
    write(details(cacheReport).orElse("null"), out);
  }

  /** For chunks, which leave out what they have nothing to say about. */
  void writeChunk(boolean cacheReport, StringBuilder out) {
    write(details(cacheReport).orElse(""), out);
  }

  private Optional<String> details(boolean cacheReport) {
    return cacheReport && cachedTokens > 0
        ? Optional.of("{\"cached_tokens\":" + cachedTokens + "}")
        : Optional.empty();
  }

  private void write(String details, StringBuilder out) {
    out.append("{\"prompt_tokens\":").append(promptTokens);
    out.append(",\"total_tokens\":").append(promptTokens + completionTokens);
    out.append(",\"completion_tokens\":").append(completionTokens);
    if (!details.isEmpty()) {
      out.append(",\"prompt_tokens_details\":").append(details);
    }
    out.append(",\"reasoning_tokens\":").append(reasoningTokens).append('}');
  }
}
