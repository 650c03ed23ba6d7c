package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** From messages to prompt, and from tokens to reasoning, content and tool calls. */
final class TextFlags {
  private static final String TEXT_ONLY = "pictures and videos are not served yet, text is";

  static final FlagSection SECTION = new FlagSection(
      "Prompts and answers",
      List.of(
          flag("--reasoning-parser")
              .choice(
                  "auto",
                  "deepseek-r1",
                  "deepseek-v3",
                  "deepseek-v4",
                  "gemma4",
                  "glm45",
                  "gpt-oss",
                  "hunyuan",
                  "interns1",
                  "kimi",
                  "kimi_k2",
                  "mimo",
                  "minimax",
                  "minimax-append-think",
                  "mistral",
                  "nano_v3",
                  "nemotron_3",
                  "poolside_v1",
                  "qwen3",
                  "qwen3-thinking",
                  "step3",
                  "step3p5")
              .otherwise("auto for the embedded model, off with --model-path")
              .worksFor(
                  ParserNames.REASONING,
                  new Effect.Refused("the parser is not built; choose from "
                      + String.join(", ", ParserNames.REASONING)),
                  "Splits thoughts from answers; auto reads the chat template."),
          flag("--tool-call-parser")
              .choice(
                  "auto",
                  "apertus2509",
                  "cohere_command4",
                  "deepseekv3",
                  "deepseekv31",
                  "deepseekv32",
                  "deepseekv4",
                  "dots",
                  "gemma4",
                  "gigachat3",
                  "glm",
                  "glm45",
                  "glm47",
                  "gpt-oss",
                  "hermes",
                  "hunyuan",
                  "interns1",
                  "kimi_k2",
                  "lfm2",
                  "llama3",
                  "mimo",
                  "minimax-m2",
                  "mistral",
                  "poolside_v1",
                  "pythonic",
                  "qwen",
                  "qwen25",
                  "qwen3_coder",
                  "step3",
                  "step3p5",
                  "trinity")
              .otherwise("auto for the embedded model, off with --model-path")
              .worksFor(
                  ParserNames.TOOL_CALLS_ACCEPTED,
                  new Effect.Refused("the parser is not built; choose from "
                      + String.join(", ", ParserNames.TOOL_CALLS)),
                  "Finds tool calls in answers; auto reads the chat template. A name that cannot"
                      + " match the template is warned about, and the right one is named."),
          flag("--chat-template")
              .text("FILE")
              .otherwise("from the model folder")
              .works("Chat template to use instead: a .jinja file, or a .json file with the key"
                  + " chat_template."),
          flag("--default-chat-template-kwargs")
              .json()
              .byDefault("{}")
              .works("Template variables for requests that do not set them, such as"
                  + " {\"enable_thinking\": false}."),
          flag("--hf-chat-template-name")
              .text("NAME")
              .refused("Which of several templates.", "folders with one template are read"),
          flag("--completion-template")
              .text("NAME")
              .ignored(
                  "Template of completions.", "prompts of /v1/completions are taken as they stand"),
          flag("--sampling-defaults")
              .choice("openai", "model")
              .byDefault("model")
              .works("Where temperature, top_p, top_k and min_p come from when a request is silent:"
                  + " generation_config.json or OpenAI's defaults."),
          flag("--preferred-sampling-params")
              .json()
              .ignored("Sampling of /generate when a request is silent.", "not built yet"),
          flag("--grammar-backend")
              .choice("xgrammar", "outlines", "llguidance", "none")
              .byDefault("none")
              .worksFor(
                  List.of("none"),
                  new Effect.Ignored("constrained requests are refused until grammars are built"),
                  "Engine of constrained output."),
          flag("--constrained-json-disable-any-whitespace")
              .ignored("Compact constrained JSON.", "grammars are not built yet"),
          flag("--constrained-json-whitespace-pattern")
              .text("REGEX")
              .ignored("Blanks in constrained JSON.", "grammars are not built yet"),
          flag("--allow-auto-truncate")
              .ignored("Cut prompts that are too long.", "they are answered 400, never cut"),
          flag("--enable-custom-logit-processor")
              .refused("Run code of a request.", "no request may bring code"),
          flag("--enable-return-hidden-states")
              .refused("Return hidden states.", "they do not leave the rank"),
          flag("--limit-mm-data-per-request")
              .json()
              .ignored("Most pictures and videos per request.", TEXT_ONLY),
          flag("--mm-process-config").json().ignored("Extra settings of processors.", TEXT_ONLY),
          flag("--disable-fast-image-processor").ignored("Slow picture code.", TEXT_ONLY),
          flag("--enable-mm-global-cache").ignored("Cache pictures across nodes.", TEXT_ONLY),
          flag("--mm-enable-dp-encoder").ignored("Replicate the vision tower.", TEXT_ONLY),
          flag("--enable-prefix-mm-cache").ignored("Cache picture prefixes.", TEXT_ONLY),
          flag("--mm-feature-transport")
              .choice("cpu", "cuda_ipc")
              .byDefault("cpu")
              .ignored("How picture features travel.", TEXT_ONLY),
          flag("--keep-mm-feature-on-device").ignored("Leave features on the GPU.", TEXT_ONLY)));

  private TextFlags() {}
}
