package io.souffleur.http.stage;

import io.souffleur.http.stage.argument.ToolSchemas;
import java.util.List;
import java.util.Optional;

/**
 * Which stages an answer goes through, and how.
 *
 * @param stops stop strings; none are allowed
 * @param keepStop whether the matched stop string stays in the text
 * @param reasoning whether thought and answer are told apart
 * @param thoughtOpen the prompt ended inside a thought; only then is reasoning forced
 * @param streamReasoning whether the thought comes as it grows, or in one delta at its end
 * @param tools tools whose calls are looked for; empty means that markup stays text
 * @param toolParser one of {@link ToolParsers#NAMES}; matters only with tools
 */
public record StageOptions(
    List<String> stops,
    boolean keepStop,
    boolean reasoning,
    boolean thoughtOpen,
    boolean streamReasoning,
    Optional<ToolSchemas> tools,
    String toolParser) {
  private static final String XML = "qwen3_coder";

  /** No stage does anything: text in, {@link Delta.Answer} out. */
  public static final StageOptions PLAIN =
      new StageOptions(List.of(), false, false, false, true, Optional.empty(), XML);

  public StageOptions {
    stops = List.copyOf(stops);
  }

  public StageOptions withReasoning(boolean open, boolean streamed) {
    return new StageOptions(stops, keepStop, true, open, streamed, tools, toolParser);
  }

  /** Looks for calls in the form of {@code parser}. */
  public StageOptions withTools(ToolSchemas schemas, String parser) {
    return new StageOptions(
        stops, keepStop, reasoning, thoughtOpen, streamReasoning, Optional.of(schemas), parser);
  }

  /** Looks for calls in the form of {@code qwen3_coder}. */
  public StageOptions withTools(ToolSchemas schemas) {
    return withTools(schemas, XML);
  }

  public StageOptions withStops(List<String> strings, boolean keep) {
    return new StageOptions(
        strings, keep, reasoning, thoughtOpen, streamReasoning, tools, toolParser);
  }
}
