package io.souffleur.http.openai;

import io.souffleur.http.stage.argument.JsonText;
import java.util.List;
import java.util.Optional;

/** Bodies and chunks of {@code /v1/completions}. Immutable. */
public final class CompletionWriter {
  private final String start;
  private final boolean cacheReport;

  public CompletionWriter(AnswerHead head, boolean cacheReport) {
    this.start = "{\"id\":" + JsonText.quoted(head.id().value())
        + ",\"object\":\"text_completion\",\"created\":" + head.createdSeconds() + ",\"model\":"
        + JsonText.quoted(head.model()) + ",\"choices\":[";
    this.cacheReport = cacheReport;
  }

  /**
   * @param logprobs JSON text
   * @param ending empty while the text grows
   */
  public String choice(int index, String text, String logprobs, Optional<Ending> ending) {
    String reason = ending.map(end -> JsonText.quoted(end.reason(false))).orElse("null");
    return "{\"index\":" + index + ",\"text\":" + JsonText.quoted(text)
        + ",\"logprobs\":" + logprobs + ",\"finish_reason\":" + reason + ",\"matched_stop\":"
        + ending.map(Ending::matchedStop).orElse("null") + "}";
  }

  /** @param usage the usage so far, if the client wants it in every chunk */
  public String chunk(String choice, Optional<Usage> usage) {
    StringBuilder out = new StringBuilder(start.length() + choice.length() + 128);
    out.append("data: ").append(start).append(choice).append(']');
    usage.ifPresent(so -> usage(so, out));
    return out.append("}\n\n").toString();
  }

  /** The chunk without choices that carries the usage. */
  public String usage(Usage usage) {
    StringBuilder out = new StringBuilder(start.length() + 160);
    out.append("data: ").append(start).append(']');
    usage(usage, out);
    return out.append("}\n\n").toString();
  }

  public String body(List<String> choices, Usage usage) {
    StringBuilder out = new StringBuilder(1024);
    out.append(start).append(String.join(",", choices)).append(']');
    usage(usage, out);
    return out.append(",\"metadata\":{\"weight_version\":\"default\"}}").toString();
  }

  private void usage(Usage usage, StringBuilder out) {
    out.append(",\"usage\":");
    usage.write(cacheReport, out);
  }
}
