package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** Which checkpoint is read, and as what. */
final class ModelFlags {
  private static final Effect OTHER_FORMAT =
      new Effect.Refused("only safetensors checkpoints are read; use auto, safetensors or dummy");
  private static final Effect HALF = new Effect.Refused(
      "no kernel computes in float16; F16 files are widened to float32 by auto, or use bfloat16");
  private static final Effect OTHER_CACHE_FORM = new Effect.Refused(
      "the cache keeps the one form that its kernels are exact for; leave the flag out");
  private static final Effect QUANTIZED =
      new Effect.Refused("quantised checkpoints are not read yet; use a bfloat16 one");

  static final FlagSection SECTION = new FlagSection(
      "Model",
      List.of(
          flag("--model-path", "--model")
              .text("DIR")
              .otherwise("the embedded model")
              .works(
                  "Folder in Hugging Face layout of the supported family. Nothing is downloaded."),
          flag("--tokenizer-path")
              .text("DIR")
              .otherwise("the model folder")
              .works("Folder to read the tokenizer and its chat template from."),
          flag("--tokenizer-mode")
              .choice("auto", "slow")
              .byDefault("auto")
              .ignored("Tokenizer implementation.", "there is one implementation"),
          flag("--skip-tokenizer-init")
              .refused("Serve token ids only.", "requests are text; a tokenizer is always needed"),
          flag("--load-format")
              .choice(
                  "auto",
                  "pt",
                  "safetensors",
                  "npcache",
                  "dummy",
                  "sharded_state",
                  "gguf",
                  "bitsandbytes",
                  "mistral",
                  "layered",
                  "flash_rl",
                  "remote",
                  "remote_instance",
                  "fastsafetensors",
                  "private",
                  "runai_streamer")
              .byDefault("auto")
              .worksFor(
                  List.of("auto", "safetensors", "dummy"),
                  OTHER_FORMAT,
                  "Weight files; dummy makes seeded random weights from the configuration alone."),
          flag("--model-loader-extra-config")
              .json()
              .byDefault("{}")
              .ignored(
                  "Extra settings of the loader.",
                  "weights are memory-mapped, no thread loads them"),
          flag("--trust-remote-code")
              .ignored("Allow Python in a checkpoint.", "a JVM runs no code of a checkpoint"),
          flag("--context-length")
              .human(1, Integer.MAX_VALUE)
              .otherwise("from the configuration")
              .works(
                  "Most tokens of prompt and completion together; at most the model's own limit."),
          flag("--is-embedding")
              .refused("Serve embeddings.", "the supported family generates text"),
          flag("--enable-multimodal")
              .ignored("Serve pictures.", "pictures are not served yet, text is"),
          flag("--revision")
              .text("NAME")
              .ignored("Revision in a hub.", "folders have none, and nothing is downloaded"),
          flag("--model-impl")
              .choice("auto", "sglang", "transformers", "mindspore")
              .byDefault("auto")
              .ignored("Implementation of the model.", "there is one implementation"),
          flag("--json-model-override-args")
              .json()
              .byDefault("{}")
              .worksFor(
                  List.of("{}"),
                  new Effect.Refused(
                      "overriding the configuration is not built yet; edit config.json"),
                  "Settings merged over the model's configuration."),
          flag("--dtype")
              .choice("auto", "half", "float16", "bfloat16", "float", "float32")
              .byDefault("auto")
              .worksFor(
                  List.of("auto", "bfloat16", "float", "float32"),
                  HALF,
                  "Form of the weights in matrix products; auto takes the form of the files."),
          flag("--quantization")
              .choice(
                  "awq",
                  "fp8",
                  "mxfp8",
                  "gptq",
                  "marlin",
                  "gptq_marlin",
                  "awq_marlin",
                  "bitsandbytes",
                  "gguf",
                  "modelopt",
                  "modelopt_fp8",
                  "modelopt_fp4",
                  "modelopt_mixed",
                  "petit_nvfp4",
                  "w8a8_int8",
                  "w8a8_fp8",
                  "moe_wna16",
                  "qoq",
                  "w4afp8",
                  "mxfp4",
                  "auto-round",
                  "compressed-tensors",
                  "modelslim",
                  "quark",
                  "quark_int4fp8_moe",
                  "quark_mxfp4",
                  "unquant")
              .otherwise("read from the configuration")
              .worksFor(List.of("unquant"), QUANTIZED, "Quantisation method of the weights."),
          flag("--kv-cache-dtype")
              .choice("auto", "bf16", "bfloat16", "fp8_e5m2", "fp8_e4m3", "fp4_e2m1")
              .byDefault("auto")
              .worksFor(List.of("auto"), OTHER_CACHE_FORM, "Form of keys and values in the cache."),
          flag("--enable-fp32-lm-head")
              .ignored("Logits in float32.", "logits are always accumulated in float32")));

  private ModelFlags() {}
}
