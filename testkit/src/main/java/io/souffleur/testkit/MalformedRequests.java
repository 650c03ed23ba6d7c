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

  /** @param rows one to a line: body, {@code =>}, what the message must name */
  private void table(String path, String rows) {
    rows.lines().map(row -> row.split(" => ", 2)).forEach(row -> add(path, row[0], row[1]));
  }

  private void everywhere(String path, String field) {
    add(path, "", "empty");
    table(path, """
        { => not valid JSON
        [] => JSON object
        null => JSON object
        12 => JSON object
        """);
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

  private void completions() {
    table("/v1/completions", """
        {} => prompt is required
        {"prompt": null} => prompt is required
        {"prompt": ""} => prompt must not be empty
        {"prompt": []} => prompt must not be empty
        {"prompt": [""]} => prompt[0] must not be empty
        {"prompt": ["a", 5]} => prompt[1] must be a string
        {"prompt": [5, "a"]} => prompt[1] must be an integer
        {"prompt": [[1], []]} => prompt[1] must not be empty
        {"prompt": [[1], 5]} => prompt[1] must be an array
        {"prompt": [[[1]]]} => prompt[0][0] must be an integer
        {"prompt": [257]} => prompt[0] must be in
        {"prompt": [-1]} => prompt[0] must be in
        {"prompt": [1.5]} => prompt[0] must be an integer
        {"prompt": [99999999999999999999]} => prompt[0] must be in
        {"prompt": true} => prompt must be a string
        {"prompt": [true]} => prompt[0]
        """);
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
    table("/v1/completions", """
        {"prompt": "x", "max_tokens": 0} => max_tokens
        {"prompt": "x", "max_tokens": -5} => max_tokens
        {"prompt": "x", "max_tokens": 1e40} => max_tokens must be in [1, 2147483647]
        {"prompt": "x", "max_tokens": "16"} => max_tokens
        {"prompt": "x", "max_tokens": 5000} => max_tokens
        {"prompt": "x", "echo": 1} => echo
        {"prompt": "x", "echo": "true"} => echo
        {"prompt": "x", "suffix": "end"} => suffix
        {"prompt": "x", "stream": "yes"} => stream
        {"prompt": "x", "stream_options": []} => stream_options
        {"prompt":"x","stream_options":{"include_usage":"x"}} => stream_options.include_usage
        {"prompt": "x", "temperature": -1} => temperature
        {"prompt": "x", "temperature": "x"} => temperature
        {"prompt": "x", "top_p": 0} => top_p
        {"prompt": "x", "top_p": 2} => top_p
        {"prompt": "x", "top_k": 0} => top_k
        {"prompt": "x", "min_p": 7} => min_p
        {"prompt": "x", "seed": 0.5} => seed
        {"prompt": "x", "stop": [[]]} => stop[0]
        {"prompt": "x", "stop": {}} => stop
        {"prompt": "x", "stop_token_ids": ["a"]} => stop_token_ids[0]
        {"prompt": "x", "ignore_eos": 3} => ignore_eos
        {"prompt": "x", "model": []} => model
        {"prompt": "x", "rid": 5} => rid
        {"prompt": "x", "rid": "\\u0007"} => rid
        {"prompt": "x", "response_format": {"type": "json_object"}} => response_format.type
        {"prompt": "x", "response_format": 5} => response_format
        {"prompt": "x", "regex": "a"} => regex
        {"prompt": "x", "lora_path": "a"} => lora_path
        {"prompt": "x", "best_of": 0} => best_of
        {"prompt": "x", "n": 0} => n must be
        {"prompt": "x", "n": []} => n must be
        """);
  }

  private void generate() {
    table("/generate", """
        {} => exactly one of text and input_ids is needed, got neither
        {"text": "a", "input_ids": [1]} => exactly one of text and input_ids is needed, got both
        {"text": ["a", null]} => text[1]
        {"input_ids": "1"} => input_ids
        {"input_ids": [[1], "a"]} => input_ids[1]
        {"input_ids": [null]} => input_ids[0]
        {"input_ids": [1e9]} => input_ids[0]
        {"text": "a", "rid": ["x"]} => rid is a list
        {"text": ["a"], "rid": ["x", "y"]} => rid is a list of 2
        {"text": ["a", "b"], "rid": ["x", "x"]} => rid[1] is given twice
        {"text": ["a", "b"], "rid": ["x", 5]} => rid[1]
        {"text": ["a", "b"], "rid": ["x", ""]} => rid[1]
        {"text": "a", "sampling_params": [{}]} => sampling_params is a list
        {"text": ["a"], "sampling_params": []} => sampling_params is a list
        {"text": ["a"], "sampling_params": [5]} => sampling_params[0]
        {"text": ["a"], "sampling_params": [{"top_p": 0}]} => sampling_params[0].top_p
        {"text": "a", "stream": 0} => stream
        {"text": "a", "image_data": ["x"]} => image_data
        {"text": "a", "input_embeds": [[0.5]]} => input_embeds
        {"text": "a", "lora_path": "x"} => lora_path
        {"text": "a", "return_hidden_states": true} => return_hidden_states
        {"text": "x", "sampling_params": 5} => sampling_params
        {"text": "x", "sampling_params": "x"} => sampling_params
        {"text": "x", "sampling_params": {"temperature": "x"}} => sampling_params.temperature
        {"text": "x", "sampling_params": {"temperature": -1}} => sampling_params.temperature
        {"text": "x", "sampling_params": {"top_k": -7}} => sampling_params.top_k
        {"text": "x", "sampling_params": {"min_p": -1}} => sampling_params.min_p
        {"text":"x","sampling_params":{"max_new_tokens":-1}} => sampling_params.max_new_tokens
        {"text":"x","sampling_params":{"max_new_tokens":99999999999}} => must be in [0, 2147483647]
        {"text": "x", "sampling_params": {"stop": 1}} => sampling_params.stop
        {"text":"x","sampling_params":{"stop_token_ids":[999]}} => sampling_params.stop_token_ids[0]
        {"text":"x","sampling_params":{"sampling_seed":"x"}} => sampling_params.sampling_seed
        {"text":"x","sampling_params":{"skip_special_tokens":1}} => skip_special_tokens must be
        {"text": "x", "sampling_params": {"no_stop_trim": "x"}} => sampling_params.no_stop_trim
        {"text": "x", "sampling_params": {"json_schema": "{}"}} => sampling_params.json_schema
        {"text": "x", "sampling_params": {"ebnf": "x"}} => sampling_params.ebnf
        """);
  }

  private void tokens() {
    for (String path : List.of("/tokenize", "/v1/tokenize")) {
      table(path, """
          {} => exactly one of prompt and messages is needed, got neither
          {"prompt": "a", "messages": []} => exactly one of prompt and messages is needed, got both
          {"prompt": 5} => prompt must be
          {"prompt": []} => prompt must not be empty
          {"prompt": [5]} => prompt[0]
          {"messages": []} => Messages cannot be empty
          {"messages": [{"role": "x"}]} => messages[0].role
          {"prompt": "a", "add_special_tokens": 1} => add_special_tokens
          """);
    }
    for (String path : List.of("/detokenize", "/v1/detokenize")) {
      table(path, """
          {} => tokens is required
          {"tokens": "x"} => tokens must be
          {"tokens": ["x"]} => tokens[0]
          {"tokens": [-1]} => tokens[0]
          {"tokens": [257]} => tokens[0]
          {"tokens": [[1], 2]} => tokens[1]
          {"tokens": [[1], [300]]} => tokens[1][0]
          {"tokens": [1], "skip_special_tokens": 0} => skip_special_tokens
          """);
    }
  }

  private void parsers() {
    String path = "/parse_function_call";
    table(path, """
        {} => text is required
        {"text": 5} => text must be
        {"text": ""} => tool_call_parser is required
        {"text": "", "tool_call_parser": "made_up"} => tool_call_parser must be
        {"text": "", "tool_call_parser": 5} => tool_call_parser must be
        {"text": "", "tools": 5} => tools must be
        {"text": "", "tools": [5]} => tools[0] must be
        {"text": "", "tools": [{}]} => tools[0].function is required
        """);
    table("/separate_reasoning", """
        {"text": ""} => reasoning_parser is required
        {"text": "", "reasoning_parser": "x"} => reasoning_parser must be
        {"reasoning_parser": "qwen3"} => text is required
        {"reasoning_parser": "qwen3", "text": []} => text must be
        """);
    table("/abort_request", """
        {} => neither
        {"rid": ""} => rid must have
        {"rid": " "} => rid must have
        {"rid": ["a"]} => rid must be
        {"abort_all": 1} => abort_all
        {"abort_all": true, "rid": "a"} => both
        """);
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
