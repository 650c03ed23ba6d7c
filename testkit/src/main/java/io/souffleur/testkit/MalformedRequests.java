package io.souffleur.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Requests to every endpoint with a body that must be refused, with what the message must name. */
public final class MalformedRequests {
  /** @param named a part of the message: the field, with its path */
  public record Case(String path, byte[] body, int status, String named) {
    /** For messages: the path and the start of the body. */
    public String shown() {
      String text = new String(body, StandardCharsets.UTF_8);
      return path + " " + text.substring(0, Math.min(200, text.length()));
    }
  }

  /** Endpoints that read bodies, with one field that they take as text. */
  private static final List<List<String>> TAKERS = List.of(
      List.of("/v1/chat/completions", "messages"),
      List.of("/invocations", "messages"),
      List.of("/v1/completions", "prompt"),
      List.of("/generate", "text"),
      List.of("/tokenize", "prompt"),
      List.of("/v1/tokenize", "prompt"),
      List.of("/detokenize", "tokens"),
      List.of("/v1/detokenize", "tokens"),
      List.of("/parse_function_call", "text"),
      List.of("/separate_reasoning", "text"),
      List.of("/abort_request", "rid"));

  private final List<Case> cases = new ArrayList<>();

  private MalformedRequests() {}

  public static List<Case> all() {
    MalformedRequests requests = new MalformedRequests();
    TAKERS.forEach(taker -> requests.everywhere(taker.getFirst(), taker.getLast()));
    requests.completions();
    requests.generate();
    requests.tokens();
    requests.parsers();
    requests.conversations();
    MalformedBodies.all()
        .forEach(each -> requests.cases.add(new Case(
            "/v1/chat/completions",
            each.body().getBytes(StandardCharsets.UTF_8),
            each.status(),
            each.named())));
    return requests.cases;
  }

  private void add(String path, String body, String named) {
    cases.add(new Case(path, body.getBytes(StandardCharsets.UTF_8), 400, named));
  }

  private void everywhere(String path, String field) {
    add(path, "", "empty");
    add(path, "{", "not valid JSON");
    add(path, "[]", "JSON object");
    add(path, "null", "JSON object");
    add(path, "12", "JSON object");
    add(path, "{\"" + field + "\": }", "line 1");
    add(path, "{} {}", "not valid JSON");
    add(path, "{'" + field + "': 1}", "not valid JSON");
    add(path, "{\"" + field + "\": \"" + "a\nb\"}", "not valid JSON");
    add(path, "{\"" + field + "\": Infinity}", "not valid JSON");
    add(path, "{\"" + field + "\": {\"a\": 5}}", field);
    add(path, "{\"" + field + "\": \"half \\ud800\"}", field + " is not valid Unicode");
    add(path, "{\"\\udc00\": 1}", "surrogate");
    add(path, "{\"a\": " + "[".repeat(3_000) + "]".repeat(3_000) + "}", "nesting depth");
    add(path, "{\"a\": " + "9".repeat(10_000) + "}", "length");
    byte[] broken = ("{\"" + field + "\": \"?\"}").getBytes(StandardCharsets.UTF_8);
    broken[broken.length - 3] = (byte) 0xc3;
    cases.add(new Case(path, broken, 400, "not valid JSON"));
  }

  private void completion(String fields, String named) {
    add("/v1/completions", "{\"prompt\": \"x\", " + fields + "}", named);
  }

  private void completions() {
    add("/v1/completions", "{}", "prompt is required");
    add("/v1/completions", "{\"prompt\": null}", "prompt is required");
    add("/v1/completions", "{\"prompt\": \"\"}", "prompt must not be empty");
    add("/v1/completions", "{\"prompt\": []}", "prompt must not be empty");
    add("/v1/completions", "{\"prompt\": [\"\"]}", "prompt[0] must not be empty");
    add("/v1/completions", "{\"prompt\": [\"a\", 5]}", "prompt[1] must be a string");
    add("/v1/completions", "{\"prompt\": [5, \"a\"]}", "prompt[1] must be an integer");
    add("/v1/completions", "{\"prompt\": [[1], []]}", "prompt[1] must not be empty");
    add("/v1/completions", "{\"prompt\": [[1], 5]}", "prompt[1] must be an array");
    add("/v1/completions", "{\"prompt\": [[[1]]]}", "prompt[0][0] must be an integer");
    add("/v1/completions", "{\"prompt\": [257]}", "prompt[0] must be in");
    add("/v1/completions", "{\"prompt\": [-1]}", "prompt[0] must be in");
    add("/v1/completions", "{\"prompt\": [1.5]}", "prompt[0] must be an integer");
    add("/v1/completions", "{\"prompt\": [99999999999999999999]}", "prompt[0] must be in");
    add("/v1/completions", "{\"prompt\": true}", "prompt must be a string");
    add("/v1/completions", "{\"prompt\": [true]}", "prompt[0]");
    add(
        "/v1/completions",
        "{\"prompt\": [" + "\"a\",".repeat(256) + "\"a\"]}",
        "prompt has 257 entries");
    add(
        "/v1/completions",
        "{\"prompt\": [" + "1,".repeat(4_096) + "1]}",
        "prompt has 4097 entries");
    add(
        "/v1/completions",
        "{\"prompt\": [\"a\", \"b\"], \"rid\": \"" + "r".repeat(127) + "\"}",
        "rid must leave room");
    completion("\"max_tokens\": 0", "max_tokens");
    completion("\"max_tokens\": -5", "max_tokens");
    completion("\"max_tokens\": 1e40", "max_tokens");
    completion("\"max_tokens\": \"16\"", "max_tokens");
    completion("\"max_tokens\": 5000", "max_tokens");
    completion("\"echo\": 1", "echo");
    completion("\"echo\": \"true\"", "echo");
    completion("\"suffix\": \"end\"", "suffix");
    completion("\"stream\": \"yes\"", "stream");
    completion("\"stream_options\": []", "stream_options");
    completion("\"stream_options\": {\"include_usage\": \"x\"}", "stream_options.include_usage");
    completion("\"temperature\": -1", "temperature");
    completion("\"temperature\": \"x\"", "temperature");
    completion("\"top_p\": 0", "top_p");
    completion("\"top_p\": 2", "top_p");
    completion("\"top_k\": 0", "top_k");
    completion("\"min_p\": 7", "min_p");
    completion("\"seed\": 0.5", "seed");
    completion("\"stop\": [[]]", "stop[0]");
    completion("\"stop\": {}", "stop");
    completion("\"stop_token_ids\": [\"a\"]", "stop_token_ids[0]");
    completion("\"ignore_eos\": 3", "ignore_eos");
    completion("\"model\": []", "model");
    completion("\"rid\": 5", "rid");
    completion("\"rid\": \"\\u0007\"", "rid");
    completion("\"response_format\": {\"type\": \"json_object\"}", "response_format.type");
    completion("\"response_format\": 5", "response_format");
    completion("\"regex\": \"a\"", "regex");
    completion("\"lora_path\": \"a\"", "lora_path");
    completion("\"best_of\": 0", "best_of");
    completion("\"n\": 0", "n must be");
    completion("\"n\": []", "n must be");
  }

  private void sampled(String params, String named) {
    add("/generate", "{\"text\": \"x\", \"sampling_params\": " + params + "}", named);
  }

  private void generate() {
    add("/generate", "{}", "neither");
    add("/generate", "{\"text\": \"a\", \"input_ids\": [1]}", "both");
    add("/generate", "{\"text\": [\"a\", null]}", "text[1]");
    add("/generate", "{\"input_ids\": \"1\"}", "input_ids");
    add("/generate", "{\"input_ids\": [[1], \"a\"]}", "input_ids[1]");
    add("/generate", "{\"input_ids\": [null]}", "input_ids[0]");
    add("/generate", "{\"input_ids\": [1e9]}", "input_ids[0]");
    add("/generate", "{\"text\": \"a\", \"rid\": [\"x\"]}", "rid is a list");
    add("/generate", "{\"text\": [\"a\"], \"rid\": [\"x\", \"y\"]}", "rid is a list of 2");
    add(
        "/generate",
        "{\"text\": [\"a\", \"b\"], \"rid\": [\"x\", \"x\"]}",
        "rid[1] is given twice");
    add("/generate", "{\"text\": [\"a\", \"b\"], \"rid\": [\"x\", 5]}", "rid[1]");
    add("/generate", "{\"text\": [\"a\", \"b\"], \"rid\": [\"x\", \"\"]}", "rid[1]");
    add("/generate", "{\"text\": \"a\", \"sampling_params\": [{}]}", "sampling_params is a list");
    add("/generate", "{\"text\": [\"a\"], \"sampling_params\": []}", "sampling_params is a list");
    add("/generate", "{\"text\": [\"a\"], \"sampling_params\": [5]}", "sampling_params[0]");
    add(
        "/generate",
        "{\"text\": [\"a\"], \"sampling_params\": [{\"top_p\": 0}]}",
        "sampling_params[0].top_p");
    add("/generate", "{\"text\": \"a\", \"stream\": 0}", "stream");
    add("/generate", "{\"text\": \"a\", \"image_data\": [\"x\"]}", "image_data");
    add("/generate", "{\"text\": \"a\", \"input_embeds\": [[0.5]]}", "input_embeds");
    add("/generate", "{\"text\": \"a\", \"lora_path\": \"x\"}", "lora_path");
    add("/generate", "{\"text\": \"a\", \"return_hidden_states\": true}", "return_hidden_states");
    sampled("5", "sampling_params");
    sampled("\"x\"", "sampling_params");
    sampled("{\"temperature\": \"x\"}", "sampling_params.temperature");
    sampled("{\"temperature\": -1}", "sampling_params.temperature");
    sampled("{\"top_k\": -7}", "sampling_params.top_k");
    sampled("{\"min_p\": -1}", "sampling_params.min_p");
    sampled("{\"max_new_tokens\": -1}", "sampling_params.max_new_tokens");
    sampled("{\"max_new_tokens\": 99999999999}", "");
    sampled("{\"stop\": 1}", "sampling_params.stop");
    sampled("{\"stop_token_ids\": [999]}", "sampling_params.stop_token_ids[0]");
    sampled("{\"sampling_seed\": \"x\"}", "sampling_params.sampling_seed");
    sampled("{\"skip_special_tokens\": 1}", "sampling_params.skip_special_tokens");
    sampled("{\"no_stop_trim\": \"x\"}", "sampling_params.no_stop_trim");
    sampled("{\"json_schema\": \"{}\"}", "sampling_params.json_schema");
    sampled("{\"ebnf\": \"x\"}", "sampling_params.ebnf");
  }

  private void tokens() {
    for (String path : List.of("/tokenize", "/v1/tokenize")) {
      add(path, "{}", "neither");
      add(path, "{\"prompt\": \"a\", \"messages\": []}", "both");
      add(path, "{\"prompt\": 5}", "prompt must be");
      add(path, "{\"prompt\": []}", "prompt must not be empty");
      add(path, "{\"prompt\": [5]}", "prompt[0]");
      add(path, "{\"messages\": []}", "Messages cannot be empty");
      add(path, "{\"messages\": [{\"role\": \"x\"}]}", "messages[0].role");
      add(path, "{\"prompt\": \"a\", \"add_special_tokens\": 1}", "add_special_tokens");
    }
    for (String path : List.of("/detokenize", "/v1/detokenize")) {
      add(path, "{}", "tokens is required");
      add(path, "{\"tokens\": \"x\"}", "tokens must be");
      add(path, "{\"tokens\": [\"x\"]}", "tokens[0]");
      add(path, "{\"tokens\": [-1]}", "tokens[0]");
      add(path, "{\"tokens\": [257]}", "tokens[0]");
      add(path, "{\"tokens\": [[1], 2]}", "tokens[1]");
      add(path, "{\"tokens\": [[1], [300]]}", "tokens[1][0]");
      add(path, "{\"tokens\": [1], \"skip_special_tokens\": 0}", "skip_special_tokens");
    }
  }

  private void parsers() {
    String path = "/parse_function_call";
    add(path, "{}", "text is required");
    add(path, "{\"text\": 5}", "text must be");
    add(path, "{\"text\": \"\"}", "tool_call_parser is required");
    add(path, "{\"text\": \"\", \"tool_call_parser\": \"made_up\"}", "tool_call_parser must be");
    add(path, "{\"text\": \"\", \"tool_call_parser\": 5}", "tool_call_parser must be");
    add(path, "{\"text\": \"\", \"tools\": 5}", "tools must be");
    add(path, "{\"text\": \"\", \"tools\": [5]}", "tools[0] must be");
    add(path, "{\"text\": \"\", \"tools\": [{}]}", "tools[0].function is required");
    add("/separate_reasoning", "{\"text\": \"\"}", "reasoning_parser is required");
    add(
        "/separate_reasoning",
        "{\"text\": \"\", \"reasoning_parser\": \"x\"}",
        "reasoning_parser must be");
    add("/separate_reasoning", "{\"reasoning_parser\": \"qwen3\"}", "text is required");
    add("/separate_reasoning", "{\"reasoning_parser\": \"qwen3\", \"text\": []}", "text must be");
    add("/abort_request", "{}", "neither");
    add("/abort_request", "{\"rid\": \"\"}", "rid must have");
    add("/abort_request", "{\"rid\": \" \"}", "rid must have");
    add("/abort_request", "{\"rid\": [\"a\"]}", "rid must be");
    add("/abort_request", "{\"abort_all\": 1}", "abort_all");
    add("/abort_request", "{\"abort_all\": true, \"rid\": \"a\"}", "both");
  }

  private void conversations() {
    String path = "/v1/chat/completions";
    for (String role : List.of("", "User ", "root", "<|im_start|>", "\\u0000")) {
      add(path, "{\"messages\": [{\"role\": \"" + role + "\", \"content\": \"x\"}]}", "[0].role");
    }
    for (String name : List.of("f\\u0000", "<f>", "a\\nb", " ", "x".repeat(300))) {
      add(
          path,
          "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"tools\":"
              + " [{\"function\": {\"name\": \"" + name + "\"}}]}",
          "tools[0].function.name");
    }
    add(
        path,
        "{\"messages\": [" + "{\"role\": \"user\", \"content\": \"x\"},".repeat(4_096)
            + "{\"role\": \"user\", \"content\": \"x\"}]}",
        "messages has 4097 entries");
    add(
        path,
        "{\"messages\": [{\"role\": \"user\", \"content\": \"" + "x".repeat(5_000) + "\"}]}",
        "longer than the model's context");
  }
}
