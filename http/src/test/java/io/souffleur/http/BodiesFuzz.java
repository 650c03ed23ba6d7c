package io.souffleur.http;

import io.souffleur.http.openai.AbortRequest;
import io.souffleur.http.openai.ApiException;
import io.souffleur.http.openai.ChatRequestReader;
import io.souffleur.http.openai.CompletionRequestReader;
import io.souffleur.http.openai.GenerateRequestReader;
import io.souffleur.http.openai.JsonBody;
import io.souffleur.http.openai.RequestLimits;
import io.souffleur.http.openai.TextRequests;
import io.souffleur.testkit.MalformedRequests;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Bodies of requests: each is read, or refused with a status of the client and a short message.
 *
 * <pre>
 *   reader (1 B, the lower four bits), body
 * </pre>
 */
public final class BodiesFuzz {
  private static final int READERS = 8;
  private static final int MESSAGE_CHARS_MAX = 600;
  private static final int SEED_BYTES_MAX = 2_000;
  private static final RequestLimits LIMITS = RequestLimits.DEFAULT;
  private static final ScriptedEngine ENGINE =
      new ScriptedEngine(Optional.of("qwen3"), Optional.of("qwen3_coder"));
  private static final ChatRequestReader CHAT = new ChatRequestReader(LIMITS, ENGINE.model());
  private static final CompletionRequestReader COMPLETION =
      new CompletionRequestReader(LIMITS, ENGINE.model());
  private static final GenerateRequestReader GENERATE =
      new GenerateRequestReader(LIMITS, ENGINE.model());
  private static final TextRequests TEXTS = new TextRequests(LIMITS, ENGINE.model());
  private static final JsonBody JSON = new JsonBody(LIMITS);
  private static final Map<String, Integer> PATHS = Map.of(
      "/v1/chat/completions", 0,
      "/v1/completions", 1,
      "/generate", 2,
      "/tokenize", 3,
      "/detokenize", 4,
      "/parse_function_call", 5,
      "/separate_reasoning", 6,
      "/abort_request", 7);

  private BodiesFuzz() {}

  /** Called by the fuzzer before all, by this name: classes are slow when they are loaded. */
  public static void fuzzerInitialize() {
    seeds().forEach(BodiesFuzz::fuzzerTestOneInput);
  }

  /** Called by the fuzzer, by this name. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    byte[] body = Arrays.copyOfRange(data, 1, data.length);
    try {
      read((data[0] & 0x0f) % READERS, body);
    } catch (ApiException refused) {
      String message = refused.getMessage();
      if (refused.status() / 100 != 4
          || message.isBlank()
          || message.length() > MESSAGE_CHARS_MAX) {
        throw new AssertionError(refused.status() + " " + message, refused);
      }
    }
  }

  private static void read(int reader, byte[] body) {
    switch (reader) {
      case 0 -> CHAT.read(body);
      case 1 -> COMPLETION.read(body);
      case 2 -> GENERATE.read(body);
      case 3 -> TEXTS.tokenize(body);
      case 4 -> TEXTS.detokenize(body);
      case 5 -> TEXTS.calls(body);
      case 6 -> TEXTS.reasoning(body);
      default -> AbortRequest.read(JSON, body);
    }
  }

  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (MalformedRequests.Case each : MalformedRequests.all()) {
      if (PATHS.containsKey(each.path()) && each.body().length <= SEED_BYTES_MAX) {
        seeds.add(seed(PATHS.get(each.path()), each.body()));
      }
    }
    for (String[] good : GOOD) {
      seeds.add(seed(PATHS.get(good[0]), good[1].getBytes(StandardCharsets.UTF_8)));
    }
    return seeds;
  }

  private static byte[] seed(int reader, byte[] body) {
    byte[] seed = new byte[body.length + 1];
    seed[0] = (byte) ('@' + reader);
    System.arraycopy(body, 0, seed, 1, body.length);
    return seed;
  }

  private static final String[][] GOOD = {
    {
      "/v1/chat/completions",
      "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\","
          + "\"content\":[{\"type\":\"text\",\"text\":\"a\"}]},{\"role\":\"assistant\",\"content\":null,"
          + "\"reasoning_content\":\"r\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":"
          + "{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c\","
          + "\"content\":\"2\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\","
          + "\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"integer\"}]}},"
          + "\"required\":[\"a\"]}}}],\"tool_choice\":\"auto\",\"stream\":true,\"stream_options\":"
          + "{\"include_usage\":true},\"chat_template_kwargs\":{\"enable_thinking\":false}}"
    },
    {
      "/v1/chat/completions",
      "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"temperature\":0.5,\"top_p\":0.9,\"top_k\":5,"
          + "\"min_p\":0,\"seed\":7,\"n\":2,\"stop\":[\"a\"],\"stop_token_ids\":[1],\"logit_bias\":{\"5\":1},"
          + "\"logprobs\":true,\"top_logprobs\":2,\"max_completion_tokens\":9,\"min_tokens\":1,"
          + "\"frequency_penalty\":1,\"presence_penalty\":-1,\"repetition_penalty\":1.5,\"rid\":\"r\","
          + "\"reasoning_effort\":\"none\",\"separate_reasoning\":false,\"continue_final_message\":true}"
    },
    {"/v1/completions", "{\"prompt\":[\"a\",\"b\"],\"max_tokens\":3,\"echo\":true,\"logprobs\":1}"},
    {"/v1/completions", "{\"prompt\":[[1,2],[3]],\"best_of\":1,\"n\":1}"},
    {
      "/generate",
      "{\"text\":[\"a\",\"b\"],\"rid\":[\"x\",\"y\"],\"sampling_params\":[{\"max_new_tokens\":4},{}],"
          + "\"stream\":true,\"return_logprob\":true,\"top_logprobs_num\":1}"
    },
    {"/generate", "{\"input_ids\":[[1,2],[3]],\"sampling_params\":{\"temperature\":0}}"},
    {"/tokenize", "{\"prompt\":[\"a\",\"b\"],\"add_special_tokens\":false}"},
    {"/detokenize", "{\"tokens\":[[1,2],[]],\"skip_special_tokens\":false}"},
    {
      "/parse_function_call",
      "{\"text\":\"<tool_call>\",\"tools\":[{\"function\":{\"name\":\"f\"}}],"
          + "\"tool_call_parser\":\"qwen25\"}"
    },
    {"/separate_reasoning", "{\"text\":\"<think>a</think>b\",\"reasoning_parser\":\"qwen3\"}"},
    {"/abort_request", "{\"rid\":\"a\",\"abort_all\":false}"},
  };
}
