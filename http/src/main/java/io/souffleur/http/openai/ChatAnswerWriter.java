package io.souffleur.http.openai;

import io.souffleur.http.stage.WholeAnswer;
import io.souffleur.http.stage.argument.JsonText;
import java.util.List;

/**
 * Body of a chat answer that is not streamed. All keys are always there, null where empty; only an
 * empty content is {@code ""}, because clients that expect a string read it, and null beside calls.
 */
public final class ChatAnswerWriter {
  private final AnswerHead head;
  private final boolean cacheReport;
  private final CallIds callIds;

  public ChatAnswerWriter(AnswerHead head, boolean cacheReport, CallIds callIds) {
    this.head = head;
    this.cacheReport = cacheReport;
    this.callIds = callIds;
  }

  /**
   * One of the answers.
   *
   * @param logprobs JSON text
   */
  public String choice(
      int index,
      String reasoning,
      String content,
      List<WholeAnswer.Call> calls,
      String logprobs,
      Ending ending) {
    boolean called = !calls.isEmpty();
    StringBuilder out = new StringBuilder(content.length() + reasoning.length() + 256);
    out.append("{\"index\":").append(index);
    out.append(",\"message\":{\"role\":\"assistant\",\"content\":");
    out.append(called && content.isEmpty() ? "null" : JsonText.quoted(content));
    out.append(",\"reasoning_content\":");
    out.append(reasoning.isEmpty() ? "null" : JsonText.quoted(reasoning));
    out.append(",\"tool_calls\":");
    if (called) {
      calls(calls, out);
    } else {
      out.append("null");
    }
    out.append("},\"logprobs\":").append(logprobs).append(",\"finish_reason\":");
    String reason = ending.reason(called);
    out.append(JsonText.quoted(reason)).append(",\"matched_stop\":");
    out.append(reason.equals("tool_calls") ? "null" : ending.matchedStop());
    return out.append('}').toString();
  }

  /** The body, given its choices in order. */
  public String body(List<String> choices, Usage usage) {
    StringBuilder out = new StringBuilder(1024);
    out.append("{\"id\":").append(JsonText.quoted(head.id().value()));
    out.append(",\"object\":\"chat.completion\",\"created\":").append(head.createdSeconds());
    out.append(",\"model\":").append(JsonText.quoted(head.model()));
    out.append(",\"choices\":[").append(String.join(",", choices)).append("],\"usage\":");
    usage.write(cacheReport, out);
    return out.append(",\"metadata\":{\"weight_version\":\"default\"}}").toString();
  }

  private void calls(List<WholeAnswer.Call> calls, StringBuilder out) {
    for (WholeAnswer.Call call : calls) {
      out.append(call.index() == 0 ? "[" : ",");
      out.append("{\"id\":").append(JsonText.quoted(callIds.next()));
      out.append(",\"index\":").append(call.index());
      out.append(",\"type\":\"function\",\"function\":{\"name\":");
      out.append(JsonText.quoted(call.name())).append(",\"arguments\":");
      out.append(JsonText.quoted(call.arguments())).append("}}");
    }
    out.append(']');
  }
}
