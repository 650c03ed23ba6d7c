package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** What {@code bench serving} takes: the flags of SGLang's {@code bench_serving}, and presets. */
final class ServingFlags {
  private static final String TEXT_ONLY = "this client sends text only";
  private static final String NO_PROFILER = "this client starts no profiler in a server";
  private static final int TOKENS_MAX = 10_000_000;
  private static final int COUNT_MAX = 10_000_000;

  private static final FlagSection SERVER = new FlagSection(
      "The server",
      List.of(
          flag("--backend")
              .choice(
                  "sglang",
                  "sglang-native",
                  "sglang-oai",
                  "sglang-oai-chat",
                  "vllm",
                  "vllm-chat",
                  "sglang-embedding",
                  "lmdeploy",
                  "lmdeploy-chat",
                  "trt",
                  "gserver",
                  "truss")
              .byDefault("sglang")
              .worksFor(
                  List.of(
                      "sglang",
                      "sglang-native",
                      "sglang-oai",
                      "sglang-oai-chat",
                      "vllm",
                      "vllm-chat"),
                  new Effect.Refused("its wire format is not built"),
                  "Wire format: /generate, completions or chat."),
          flag("--base-url").text("URL").otherwise("from --host and --port").works("Server."),
          flag("--host").text("ADDRESS").byDefault("0.0.0.0").works("Address of the server."),
          flag("--port")
              .whole(1, 65_535)
              .otherwise("30000 for sglang, 8000 for vllm")
              .works("Port of the server."),
          flag("--ready-check-timeout-sec")
              .whole(0, 86_400)
              .byDefault("60")
              .works("Seconds to wait until /v1/models answers."),
          flag("--model")
              .text("NAME")
              .otherwise("the first that /v1/models lists")
              .works("Checkpoint name or folder."),
          flag("--served-model-name").text("NAME").otherwise("--model").works("Name in requests."),
          flag("--tokenizer")
              .text("DIR")
              .otherwise("the server's, if its folder is on this machine")
              .works("Checkpoint folder whose tokenizer counts tokens."),
          flag("--header")
              .several(new ValueKind.Text("NAME=VALUE"))
              .works("Further headers of every request. OPENAI_API_KEY in the environment is sent"
                  + " as a bearer key."),
          flag("--extra-request-body").json().works("Further keys of every request's body.")));

  private static final FlagSection PROMPTS = new FlagSection(
      "The prompts",
      List.of(
          flag("--preset")
              .choice(ServingPreset.names())
              .works("Values of a published benchmark; other flags win over it."),
          flag("--dataset-name")
              .choice(
                  "sharegpt",
                  "random",
                  "random-ids",
                  "generated-shared-prefix",
                  "image",
                  "mmmu",
                  "mooncake",
                  "custom",
                  "openai",
                  "longbench_v2",
                  "autobench")
              .byDefault("sharegpt")
              .worksFor(
                  List.of("sharegpt", "random", "random-ids", "generated-shared-prefix"),
                  new Effect.Refused(TEXT_ONLY + ", from sharegpt, random, random-ids or"
                      + " generated-shared-prefix"),
                  "Where prompts come from."),
          flag("--dataset-path")
              .text("FILE")
              .otherwise("bundled text")
              .works("Conversations in ShareGPT's JSON layout, for sharegpt and random."),
          flag("--num-prompts").whole(1, COUNT_MAX).byDefault("1000").works("Requests to send."),
          flag("--seed")
              .whole(0, 4_294_967_295L)
              .byDefault("1")
              .works("Seed of lengths, order and arrival times."),
          flag("--random-input-len")
              .whole(1, TOKENS_MAX)
              .byDefault("1024")
              .works("Most prompt tokens of a random request."),
          flag("--random-output-len")
              .whole(1, TOKENS_MAX)
              .byDefault("1024")
              .works("Most output tokens of a random request."),
          flag("--random-range-ratio")
              .takes(new ValueKind.Real(0, true, 1))
              .byDefault("0.0")
              .works("Least length as a share of the most."),
          flag("--sharegpt-output-len")
              .whole(2, TOKENS_MAX)
              .otherwise("length of the answer in the file")
              .works("Output tokens of each request."),
          flag("--sharegpt-context-len")
              .whole(4, TOKENS_MAX)
              .otherwise("none")
              .works("Longer conversations are left out."),
          flag("--apply-chat-template").works("Wrap sharegpt prompts in the chat template."),
          flag("--tokenize-prompt")
              .works("Send token ids instead of text; for --backend sglang with random prompts."),
          flag("--disable-ignore-eos").works("Let an end token end an answer."),
          flag("--return-logprob").works("Ask for logprobs; for --backend sglang."),
          flag("--gsp-num-groups").whole(1, COUNT_MAX).byDefault("64").works("Groups."),
          flag("--gsp-prompts-per-group")
              .whole(1, COUNT_MAX)
              .byDefault("16")
              .works("Prompts that share a beginning."),
          flag("--gsp-system-prompt-len")
              .whole(1, TOKENS_MAX)
              .byDefault("2048")
              .works("Tokens of a shared beginning."),
          flag("--gsp-question-len")
              .whole(1, TOKENS_MAX)
              .byDefault("128")
              .works("Tokens behind the beginning."),
          flag("--gsp-output-len").whole(1, TOKENS_MAX).byDefault("256").works("Output tokens."),
          flag("--gsp-ordered").works("Send group after group instead of shuffled."),
          flag("--gsp-num-turns")
              .whole(1, 1_000)
              .byDefault("1")
              .worksFor(
                  List.of("1"),
                  new Effect.Refused("conversations of several turns are not built"),
                  "Turns of a conversation."),
          flag("--image-count").whole(1, 1_000).ignored("Pictures.", TEXT_ONLY),
          flag("--image-resolution").text("SIZE").ignored("Size of pictures.", TEXT_ONLY),
          flag("--image-format").text("NAME").ignored("Format of pictures.", TEXT_ONLY),
          flag("--image-content").text("NAME").ignored("Content of pictures.", TEXT_ONLY),
          flag("--random-image-count").ignored("Number of pictures.", TEXT_ONLY),
          flag("--lora-name")
              .several(new ValueKind.Text("NAME"))
              .refused("Adapters.", "adapters are not built")));

  private static final FlagSection LOAD = new FlagSection(
      "The load",
      List.of(
          flag("--request-rate")
              .takes(new ValueKind.Rate())
              .byDefault("inf")
              .works("Requests per second, as a Poisson process; inf sends all at once."),
          flag("--max-concurrency")
              .whole(1, 100_000)
              .otherwise("not set")
              .works("Most requests at a time."),
          flag("--warmup-requests")
              .whole(0, 100_000)
              .byDefault("1")
              .works("Requests before the timed ones."),
          flag("--flush-cache").works("Empty the server's cache first."),
          flag("--disable-stream").works("Ask for whole answers."),
          flag("--pd-separated").refused("Split server.", "this client profiles no split server"),
          flag("--profile").refused("Profile the server.", NO_PROFILER),
          flag("--profile-activities")
              .several(new ValueKind.Text("NAME"))
              .ignored("What is profiled.", NO_PROFILER),
          flag("--profile-num-steps").whole(1, COUNT_MAX).ignored("Profiled steps.", NO_PROFILER),
          flag("--profile-by-stage").ignored("Profile stages apart.", NO_PROFILER),
          flag("--profile-output-dir").text("DIR").ignored("Folder of profiles.", NO_PROFILER)));

  private static final FlagSection RESULT = new FlagSection(
      "The result",
      List.of(
          flag("--output-file")
              .text("FILE")
              .otherwise("made of backend, day, prompts and data")
              .works("File that a JSON line is appended to."),
          flag("--output-details").works("Put every request into that line."),
          flag("--print-requests").works("Print a line for every request that ends."),
          flag("--disable-tqdm").works("Show no progress."),
          flag("--tag").text("TEXT").otherwise("none").works("Label in the JSON line.")));

  static final FlagTable TABLE = new FlagTable(List.of(SERVER, PROMPTS, LOAD, RESULT));

  private ServingFlags() {}
}
