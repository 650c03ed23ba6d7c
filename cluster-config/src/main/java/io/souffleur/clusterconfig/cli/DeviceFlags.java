package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;
import java.util.stream.Stream;

/** What only a GPU would do: names and values are checked, then one line says so. */
final class DeviceFlags {
  private static final String NO_GPU = "it is for GPUs, and this build computes on the CPU";

  private static final String[] ATTENTION = {
    "triton",
    "torch_native",
    "flex_attention",
    "dsa",
    "nsa",
    "cutlass_mla",
    "fa3",
    "fa4",
    "flashinfer",
    "flashmla",
    "trtllm_mla",
    "trtllm_mha",
    "dual_chunk_flash_attn",
    "aiter",
    "wave",
    "intel_amx",
    "ascend",
    "intel_xpu"
  };

  static final FlagSection SECTION = new FlagSection(
      "Devices",
      Stream.of(
              Stream.of(
                  flag("--device")
                      .text("NAME")
                      .otherwise("cpu")
                      .worksFor(
                          List.of("cpu", "auto"),
                          new Effect.Refused("this build computes on the CPU; leave the flag out"),
                          "Device that computes."),
                  count("--base-gpu-id", 0, "First GPU."),
                  count("--gpu-id-step", 1, "Distance between GPUs."),
                  flag("--numa-node")
                      .several(new ValueKind.Whole(0, 1_024))
                      .ignored("Memory node of each rank.", "there is one rank")),
              Stream.of(
                      "--attention-backend",
                      "--prefill-attention-backend",
                      "--decode-attention-backend")
                  .map(name ->
                      flag(name).choice(ATTENTION).ignored("Kernels of attention.", NO_GPU)),
              Stream.of(
                  flag("--sampling-backend")
                      .choice("flashinfer", "pytorch", "ascend")
                      .ignored("Kernels of sampling.", NO_GPU),
                  flag("--mm-attention-backend")
                      .choice(
                          "sdpa",
                          "fa3",
                          "fa4",
                          "triton_attn",
                          "ascend_attn",
                          "aiter_attn",
                          "flashinfer_cudnn")
                      .ignored("Kernels of the vision tower.", NO_GPU),
                  flag("--mamba-backend")
                      .choice("triton", "flashinfer")
                      .ignored("Kernels of the recurrence.", NO_GPU)),
              Stream.of(
                      "--linear-attn-backend",
                      "--linear-attn-decode-backend",
                      "--linear-attn-prefill-backend")
                  .map(name -> flag(name)
                      .choice("triton", "cutedsl", "flashinfer")
                      .ignored("Kernels of the recurrence.", NO_GPU)),
              Stream.of(
                  count("--cuda-graph-max-bs", 1, "Largest captured batch."),
                  flag("--cuda-graph-bs")
                      .several(new ValueKind.Whole(1, 65_536))
                      .ignored("Captured batches.", NO_GPU),
                  bare("--disable-cuda-graph", "No captured graphs."),
                  bare("--disable-cuda-graph-padding", "No padded graphs."),
                  bare("--enable-torch-compile", "Compile the model."),
                  count("--torch-compile-max-bs", 1, "Largest compiled batch."),
                  bare("--disable-piecewise-cuda-graph", "No partial graphs."),
                  bare("--disable-custom-all-reduce", "Plain all-reduce."),
                  bare("--enable-p2p-check", "Check peer access."),
                  bare("--enable-nccl-nvls", "Reduce in the switch."),
                  bare("--triton-attention-reduce-in-fp32", "Sums in float32."),
                  count("--triton-attention-num-kv-splits", 1, "Splits of keys."),
                  count("--triton-attention-split-tile-size", 1, "Size of a split."),
                  flag("--fp8-gemm-backend")
                      .choice(
                          "auto",
                          "deep_gemm",
                          "flashinfer_trtllm",
                          "flashinfer_cutlass",
                          "flashinfer_deepgemm",
                          "cutlass",
                          "triton",
                          "aiter")
                      .byDefault("auto")
                      .ignored("Kernels of FP8 products.", NO_GPU),
                  bare("--enable-memory-saver", "Give memory back on request."),
                  bare("--enable-two-batch-overlap", "Overlap two batches.")))
          .flatMap(rows -> rows)
          .toList());

  private DeviceFlags() {}

  private static Flag bare(String name, String meaning) {
    return flag(name).ignored(meaning, NO_GPU);
  }

  private static Flag count(String name, int min, String meaning) {
    return flag(name).whole(min, 1_000_000).ignored(meaning, NO_GPU);
  }
}
