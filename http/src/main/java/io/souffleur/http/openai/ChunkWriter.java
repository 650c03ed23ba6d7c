package io.souffleur.http.openai;

import io.souffleur.http.stage.Delta;
import io.souffleur.http.stage.argument.JsonText;
import java.util.Optional;

/**
 * Chunks of a streamed chat answer as server-sent events: {@code data: <compact JSON>} and an empty
 * line. What all chunks of an answer share is written once.
 *
 * <p>Every chunk is valid by the schema that OpenAI publishes. A key that this schema does not let be
 * null, such as the id and the name of a tool call behind its first fragment, is left out where there
 * is nothing to say.
 *
 * <p>Owned by one session; not thread safe.
 */
public final class ChunkWriter {
  /** The last event of every stream. */
  public static final String DONE = "data: [DONE]\n\n";

  private final String start;
  private final int index;
  private final boolean cacheReport;
  private final CallIds callIds;

  /** @param index which of the answers the chunks belong to */
  public ChunkWriter(AnswerHead head, int index, boolean cacheReport, CallIds callIds) {
    this.index = index;
    this.start = "data: {\"id\":" + JsonText.quoted(head.id().value())
        + ",\"object\":\"chat.completion.chunk\",\"created\":" + head.createdSeconds()
        + ",\"model\":" + JsonText.quoted(head.model()) + ",\"choices\":[";
    this.cacheReport = cacheReport;
    this.callIds = callIds;
  }

  /** The first chunk: who speaks. */
  public String role(Optional<Usage> usage) {
    return chunk(
        "\"reasoning_content\":null,\"role\":\"assistant\",\"content\":\"\"",
        "null",
        "null",
        "null",
        usage);
  }

  /**
   * @param logprobs JSON text
   * @param usage the usage so far, if the client wants it in every chunk
   */
  public String delta(Delta delta, String logprobs, Optional<Usage> usage) {
    String fields = switch (delta) {
      case Delta.Reasoning(String text) -> "\"reasoning_content\":" + JsonText.quoted(text);
      case Delta.Answer(String text) ->
        "\"reasoning_content\":null,\"content\":" + JsonText.quoted(text);
      case Delta.CallBegin(int index, String name) ->
        call(
            index,
            "\"id\":" + JsonText.quoted(callIds.next()) + ",",
            "\"name\":" + JsonText.quoted(name) + ",",
            "");
      case Delta.CallArguments(int index, String fragment) -> call(index, "", "", fragment);
      case Delta.NoCall markup ->
        throw new IllegalArgumentException("a stream does not show " + markup);
    };
    return chunk(fields, logprobs, "null", "null", usage);
  }

  /** The chunk that says why the answer ended. */
  public String end(Ending ending, boolean calls, String logprobs, Optional<Usage> usage) {
    return chunk(
        "\"reasoning_content\":null",
        logprobs,
        JsonText.quoted(ending.reason(calls)),
        ending.matchedStop(),
        usage);
  }

  /** The chunk without choices that carries the usage. */
  public String usage(Usage usage) {
    StringBuilder out = new StringBuilder(start.length() + 160);
    out.append(start).append("],\"usage\":");
    usage.writeChunk(cacheReport, out);
    return out.append("}\n\n").toString();
  }

  /** @param id the field with its comma, and {@code name} alike; both only when the call begins */
  private static String call(int index, String id, String name, String fragment) {
    return "\"reasoning_content\":null,\"tool_calls\":[{" + id + "\"index\":" + index
        + ",\"type\":\"function\",\"function\":{" + name + "\"arguments\":"
        + JsonText.quoted(fragment) + "}}]";
  }

  private String chunk(
      String delta, String logprobs, String reason, String matched, Optional<Usage> usage) {
    StringBuilder out = new StringBuilder(start.length() + delta.length() + 128);
    out.append(start).append("{\"index\":").append(index).append(",\"delta\":{").append(delta);
    out.append("},\"logprobs\":").append(logprobs).append(",\"finish_reason\":").append(reason);
    out.append(",\"matched_stop\":").append(matched).append("}]");
    if (usage.isPresent()) {
      out.append(",\"usage\":");
      usage.get().writeChunk(cacheReport, out);
    }
    return out.append("}\n\n").toString();
  }
}
