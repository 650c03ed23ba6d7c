package io.souffleur.clusterconfig.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How messages become a prompt and tokens become an answer.
 *
 * @param reasoningParser as given: {@code auto} or a name; empty for the default of the launch. {@link
 *     ParserChoice} turns it into a parser once the chat template is read
 * @param toolParser likewise
 * @param chatTemplate file to take instead of the folder's template, seen to exist
 * @param templateDefaults template variables for requests that do not set them
 * @param samplingDefaults where sampling settings come from when a request is silent
 */
public record TextOptions(
    Optional<String> reasoningParser,
    Optional<String> toolParser,
    Optional<Path> chatTemplate,
    Map<String, Object> templateDefaults,
    SamplingDefaults samplingDefaults) {

  /** Where sampling settings come from when a request is silent. */
  public enum SamplingDefaults {
    /** {@code generation_config.json} of the folder. */
    MODEL,
    /** Temperature 1, top_p 1, no top_k, no min_p. */
    OPENAI
  }
}
