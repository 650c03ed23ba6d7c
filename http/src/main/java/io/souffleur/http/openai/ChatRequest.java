package io.souffleur.http.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A checked chat request.
 *
 * @param model echoed, not compared with the served name
 * @param requestId the client's own id for the request
 * @param messages plain trees for the chat template
 * @param tools array of tool definitions with standard type names; empty when no tool may be called
 * @param templateArguments further names for the template
 * @param separateReasoning whether the thought is told apart from the answer
 * @param streamReasoning whether the thought comes as it grows
 * @param continuation the start of the answer, given by the client; empty for none
 * @param priority how soon the client wants to be served
 * @param cacheNamespace whose cached prefixes it may share; empty for everybody's
 */
public record ChatRequest(
    String model,
    Optional<String> requestId,
    List<Map<String, Object>> messages,
    JsonNode tools,
    Map<String, Object> templateArguments,
    SamplingChoice sampling,
    Streaming streaming,
    boolean separateReasoning,
    boolean streamReasoning,
    String continuation,
    OptionalInt priority,
    String cacheNamespace) {

  /**
   * How the answer travels.
   *
   * @param on as events
   * @param usageAtEnd a chunk with the usage before the end
   * @param usageAlways the usage so far in every chunk
   */
  public record Streaming(boolean on, boolean usageAtEnd, boolean usageAlways) {}

  /** The tools as plain trees for the chat template. */
  public List<Map<String, Object>> toolTrees() {
    List<Map<String, Object>> trees = new ArrayList<>(tools.size());
    tools.forEach(tool -> trees.add(PlainJson.map(tool)));
    return trees;
  }
}
