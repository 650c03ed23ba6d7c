package io.souffleur.testkit;

import java.util.List;

/** Chat bodies that must be refused, with what the message must name. */
public final class MalformedBodies {
  /** @param named a part of the message: the field, with its path */
  public record Case(String body, int status, String named) {}

  private MalformedBodies() {}

  /** A valid chat body with one further field. */
  private static Case field(String name, String value) {
    return at(name, value, name);
  }

  private static Case at(String name, String value, String named) {
    return new Case(
        "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"" + name + "\": " + value
            + "}",
        400,
        named);
  }

  private static Case body(String body, String named) {
    return new Case(body, 400, named);
  }

  private static Case messages(String messages, String named) {
    return body("{\"messages\": " + messages + "}", named);
  }

  private static Case tool(String tool, String named) {
    return at("tools", "[" + tool + "]", named);
  }

  private static Case parameters(String schema, String named) {
    return tool(
        "{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": " + schema + "}}",
        named);
  }

  public static List<Case> all() {
    return List.of(
        body("", "empty"),
        body("{", "not valid JSON"),
        body("{\"messages\": [}", "line 1"),
        body("nonsense", "not valid JSON"),
        body("[]", "JSON object"),
        body("null", "JSON object"),
        body("\"text\"", "JSON object"),
        body("{} {}", "not valid JSON"),
        body("{\"messages\": NaN}", "not valid JSON"),
        body("{\"a\": " + "[".repeat(65) + "]".repeat(65) + "}", "nesting depth"),
        body("{\"a\": " + "9".repeat(65) + "}", "length"),
        body("{}", "messages"),
        messages("null", "messages"),
        messages("\"Hi\"", "messages must be an array"),
        messages("{}", "messages must be an array"),
        messages("[]", "Messages cannot be empty."),
        messages("[1]", "messages[0] must be an object"),
        messages("[{}]", "messages[0].role is required"),
        messages("[{\"role\": 5}]", "messages[0].role must be a string"),
        messages("[{\"role\": \"bot\", \"content\": \"x\"}]", "messages[0].role must be one of"),
        messages("[{\"role\": \"user\"}]", "messages[0].content is required"),
        messages("[{\"role\": \"user\", \"content\": null}]", "messages[0].content"),
        messages("[{\"role\": \"user\", \"content\": 7}]", "messages[0].content must be a string"),
        messages("[{\"role\": \"user\", \"content\": {}}]", "messages[0].content"),
        messages("[{\"role\": \"user\", \"content\": [\"x\"]}]", "messages[0].content[0]"),
        messages("[{\"role\": \"user\", \"content\": [{}]}]", "messages[0].content[0].type"),
        messages(
            "[{\"role\": \"user\", \"content\": [{\"type\": \"smell\"}]}]",
            "messages[0].content[0].type must be"),
        messages(
            "[{\"role\": \"user\", \"content\": [{\"type\": \"text\"}]}]",
            "messages[0].content[0].text is required"),
        messages(
            "[{\"role\": \"user\", \"content\": [{\"type\": \"image_url\", \"image_url\": {}}]}]",
            "image_url"),
        messages(
            "[{\"role\": \"user\", \"content\": \"half \\ud800\"}]", "messages[0].content is not"),
        messages(
            "[{\"role\": \"assistant\", \"tool_calls\": [{}]}]",
            "messages[0].tool_calls[0].function is required"),
        messages(
            "[{\"role\": \"assistant\", \"tool_calls\": [{\"function\": {\"name\": \"f\","
                + " \"arguments\": \"{\"}}]}]",
            "messages[0].tool_calls[0].function.arguments is not valid JSON"),
        messages(
            "[{\"role\": \"assistant\", \"tool_calls\": [{\"function\": {\"name\": \"f\","
                + " \"arguments\": \"[1]\"}}]}]",
            "messages[0].tool_calls[0].function.arguments must be a JSON object"),
        messages(
            "[{\"role\": \"assistant\", \"content\": \"\", \"reasoning_content\": 1}]",
            "messages[0].reasoning_content"),
        field("model", "7"),
        field("temperature", "-0.1"),
        field("temperature", "\"hot\""),
        field("temperature", "1e999"),
        field("top_p", "0"),
        field("top_p", "1.01"),
        field("top_p", "[]"),
        field("top_k", "0"),
        field("top_k", "-2"),
        field("top_k", "1.5"),
        field("min_p", "-0.5"),
        field("min_p", "2"),
        field("seed", "\"lucky\""),
        field("seed", "123456789012345678901234567890"),
        field("max_tokens", "0"),
        field("max_tokens", "-1"),
        field("max_tokens", "\"ten\""),
        field("max_completion_tokens", "0"),
        field("max_tokens", "5000"),
        field("stop", "5"),
        field("stop", "\"\""),
        at("stop", "[\"a\", 5]", "stop[1]"),
        field("stop", "[" + "\"x\",".repeat(64) + "\"x\"]"),
        at("stop_token_ids", "[-1]", "stop_token_ids[0]"),
        at("stop_token_ids", "[257]", "stop_token_ids[0]"),
        field("stop_token_ids", "7"),
        field("ignore_eos", "\"yes\""),
        field("n", "129"),
        field("n", "0"),
        field("n", "\"1\""),
        field("stream", "1"),
        field("stream_options", "true"),
        at("stream_options", "{\"include_usage\": 1}", "stream_options.include_usage"),
        field("logprobs", "1"),
        field("top_logprobs", "3"),
        field("top_logprobs", "21"),
        field("frequency_penalty", "\"0.5\""),
        field("frequency_penalty", "3"),
        field("presence_penalty", "-2.1"),
        field("repetition_penalty", "0"),
        field("repetition_penalty", "2.5"),
        field("logit_bias", "{\"5\": \"1\"}"),
        field("logit_bias", "{\"5\": 101}"),
        field("logit_bias", "{\"05\": 1}"),
        field("logit_bias", "{\"-1\": 1}"),
        field("logit_bias", "{\"999999999\": 1}"),
        field("logit_bias", "{\"99999999999999\": 1}"),
        field("logit_bias", "[1]"),
        field("min_tokens", "-1"),
        at("response_format", "{\"type\": \"json_object\"}", "response_format.type"),
        at("response_format", "{}", "response_format.type"),
        field("regex", "\"a+\""),
        field("ebnf", "\"root ::= x\""),
        field("stop_regex", "\"a+\""),
        field("continue_final_message", "1"),
        field("lora_path", "\"a\""),
        field("chat_template", "\"{{ x }}\""),
        field("cache_salt", "7"),
        at(
            "chat_template_kwargs",
            "{\"chat_template\": \"x\"}",
            "chat_template_kwargs.chat_template"),
        at("chat_template_kwargs", "{\"messages\": []}", "chat_template_kwargs.messages"),
        field("chat_template_kwargs", "[]"),
        field("reasoning_effort", "\"extreme\""),
        at("reasoning", "{\"effort\": \"extreme\"}", "reasoning.effort"),
        field("separate_reasoning", "\"no\""),
        field("rid", "\"\""),
        field("rid", "\"a\\nb\""),
        field("rid", "\"" + "r".repeat(129) + "\""),
        field("tools", "{}"),
        tool("5", "tools[0] must be an object"),
        tool("{}", "tools[0].function is required"),
        tool("{\"type\": \"database\"}", "tools[0].type must be"),
        tool("{\"function\": {}}", "tools[0].function.name is required"),
        tool("{\"function\": {\"name\": \"\"}}", "tools[0].function.name must have"),
        tool("{\"function\": {\"name\": \"a>b\"}}", "tools[0].function.name must have"),
        tool(
            "{\"function\": {\"name\": \"f\", \"parameters\": 5}}", "tools[0].function.parameters"),
        parameters("{\"type\": \"thing\"}", "Tool 0 function has invalid 'parameters' schema"),
        parameters("{\"type\": 5}", "tools[0].function.parameters.type"),
        parameters("{\"properties\": []}", "tools[0].function.parameters.properties"),
        parameters(
            "{\"properties\": {\"a\": {\"type\": [1]}}}",
            "tools[0].function.parameters.properties.a.type"),
        parameters("{\"required\": \"a\"}", "tools[0].function.parameters.required"),
        parameters("{\"anyOf\": [3]}", "tools[0].function.parameters.anyOf[0]"),
        field("tool_choice", "\"required\""),
        field("tool_choice", "\"sometimes\""),
        field("tool_choice", "{\"type\": \"function\", \"function\": {\"name\": \"f\"}}"),
        field("tool_choice", "5"));
  }
}
