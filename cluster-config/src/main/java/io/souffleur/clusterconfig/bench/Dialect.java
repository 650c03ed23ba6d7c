package io.souffleur.clusterconfig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.souffleur.clusterconfig.cli.ServingOptions;
import io.souffleur.clusterconfig.cli.ServingOptions.Backend;

/** The three wire formats: where requests go, what they look like, where an answer's text stands. */
enum Dialect {
  GENERATE("/generate") {
    @Override
    void fill(ObjectNode body, BenchRequest request, ServingOptions.Target target) {
      request.ids().ifPresentOrElse(ids -> put(body, ids), () -> body.put("text", request.text()));
      ObjectNode sampling = body.putObject("sampling_params");
      sampling.put("temperature", 0.0);
      sampling.put("max_new_tokens", request.outputTokens());
      sampling.put("ignore_eos", target.ignoresEos());
      body.put("return_logprob", target.wantsLogprobs());
      body.put("logprob_start_len", -1);
    }

    @Override
    void read(JsonNode data, AnswerReader answer, long nanos) {
      String soFar = data.path("text").asText();
      if (!soFar.isEmpty()) {
        int tokens = data.path("meta_info").path("completion_tokens").asInt();
        answer.replaceText(soFar, tokens, nanos);
      }
    }
  },

  COMPLETIONS("/v1/completions") {
    @Override
    void fill(ObjectNode body, BenchRequest request, ServingOptions.Target target) {
      body.put("prompt", request.text());
      body.put("temperature", 0.0);
      body.put("best_of", 1);
      body.put("max_tokens", request.outputTokens());
      body.put("ignore_eos", target.ignoresEos());
    }

    @Override
    void read(JsonNode data, AnswerReader answer, long nanos) {
      answer.addText(data.path("choices").path(0).path("text").asText(), nanos);
      usage(data, answer);
    }
  },

  CHAT("/v1/chat/completions") {
    @Override
    void fill(ObjectNode body, BenchRequest request, ServingOptions.Target target) {
      body.putArray("messages").addObject().put("role", "user").put("content", request.text());
      body.put("temperature", 0.0);
      body.put("max_completion_tokens", request.outputTokens());
      body.put("ignore_eos", target.ignoresEos());
    }

    @Override
    void read(JsonNode data, AnswerReader answer, long nanos) {
      JsonNode choice = data.path("choices").path(0);
      JsonNode spoken = choice.has("delta") ? choice.path("delta") : choice.path("message");
      answer.addText(text(spoken.path("reasoning_content")) + text(spoken.path("content")), nanos);
      usage(data, answer);
    }
  };

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String path;

  Dialect(String path) {
    this.path = path;
  }

  static Dialect of(Backend backend) {
    return switch (backend) {
      case SGLANG -> GENERATE;
      case SGLANG_OAI, VLLM -> COMPLETIONS;
      case SGLANG_OAI_CHAT, VLLM_CHAT -> CHAT;
    };
  }

  String path() {
    return path;
  }

  /** The body of a request. */
  String body(BenchRequest request, ServingOptions.Target target, String model) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (this != GENERATE) {
      body.put("model", model);
    }
    fill(body, request, target);
    body.put("stream", target.streams());
    ObjectNode extra = JSON.valueToTree(target.extraBody());
    body.setAll(extra);
    return body.toString();
  }

  abstract void fill(ObjectNode body, BenchRequest request, ServingOptions.Target target);

  /** Tells {@code answer} of what one piece of JSON brought at {@code nanos}. */
  abstract void read(JsonNode data, AnswerReader answer, long nanos);

  private static void put(ObjectNode body, int[] ids) {
    ArrayNode array = body.putArray("input_ids");
    for (int id : ids) {
      array.add(id);
    }
  }

  private static String text(JsonNode node) {
    return node.isTextual() ? node.asText() : "";
  }

  private static void usage(JsonNode data, AnswerReader answer) {
    JsonNode tokens = data.path("usage").path("completion_tokens");
    if (tokens.isNumber()) {
      answer.countTokens(tokens.asInt());
    }
  }
}
