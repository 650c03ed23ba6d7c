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
 */
public record StageOptions(
    List<String> stops,
    boolean keepStop,
    boolean reasoning,
    boolean thoughtOpen,
    boolean streamReasoning,
    Optional<ToolSchemas> tools) {

  /** No stage does anything: text in, {@link Delta.Answer} out. */
  public static final StageOptions PLAIN =
      new StageOptions(List.of(), false, false, false, true, Optional.empty());

  public StageOptions {
    stops = List.copyOf(stops);
  }

  public StageOptions withReasoning(boolean open, boolean streamed) {
    return new StageOptions(stops, keepStop, true, open, streamed, tools);
  }

  public StageOptions withTools(ToolSchemas schemas) {
    return new StageOptions(
        stops, keepStop, reasoning, thoughtOpen, streamReasoning, Optional.of(schemas));
  }

  public StageOptions withStops(List<String> strings, boolean keep) {
    return new StageOptions(strings, keep, reasoning, thoughtOpen, streamReasoning, tools);
  }
}
