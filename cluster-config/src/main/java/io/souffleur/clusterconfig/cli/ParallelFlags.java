package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** Ranks, replicas and nodes: one of each until the cluster is built. */
final class ParallelFlags {
  private static final Effect ONE_RANK =
      new Effect.Refused("one rank per replica is built; leave the flag out or give 1");
  private static final Effect ONE_REPLICA =
      new Effect.Refused("one replica per server is built; leave the flag out or give 1");
  private static final Effect ONE_NODE =
      new Effect.Refused("one node is built; leave the flag out");
  private static final String ALONE = "there is one rank on one node";
  private static final String DENSE = "the supported family has no experts";

  static final FlagSection SECTION = new FlagSection(
      "Parallelism",
      List.of(
          one("--tp-size", ONE_RANK, "Tensor parallelism.", "--tensor-parallel-size", "--tp"),
          one("--ep-size", ONE_RANK, "Expert parallelism.", "--expert-parallel-size", "--ep"),
          one("--dp-size", ONE_REPLICA, "Replicas.", "--data-parallel-size", "--dp"),
          one("--pp-size", ONE_RANK, "Pipeline parallelism.", "--pipeline-parallel-size"),
          flag("--pp-max-micro-batch-size")
              .whole(1, 1_000_000)
              .ignored("Size of pipeline batches.", ALONE),
          flag("--pp-async-batch-depth")
              .whole(0, 1_000)
              .byDefault("0")
              .ignored("Batches ahead in a pipeline.", ALONE),
          one("--nnodes", ONE_NODE, "Nodes."),
          flag("--node-rank")
              .whole(0, 1_000_000)
              .byDefault("0")
              .worksFor(List.of("0"), ONE_NODE, "Number of this node."),
          flag("--dist-init-addr", "--nccl-init-addr")
              .text("HOST:PORT")
              .ignored("Where ranks meet.", ALONE),
          flag("--nccl-port").whole(0, 65_535).ignored("Port of collectives.", ALONE),
          flag("--dist-timeout").whole(1, 1_000_000).ignored("Seconds to meet.", ALONE),
          flag("--load-balance-method")
              .choice(
                  "auto", "round_robin", "follow_bootstrap_room", "total_requests", "total_tokens")
              .byDefault("auto")
              .ignored("Which replica takes a request.", "there is one replica"),
          flag("--enable-dp-attention").ignored("Attention by data parallelism.", ALONE),
          flag("--enable-dp-lm-head").ignored("Head by data parallelism.", ALONE),
          flag("--moe-dense-tp-size").whole(1, 1_024).ignored("Split of dense layers.", DENSE),
          flag("--moe-a2a-backend")
              .choice("none", "deepep", "mooncake", "nixl", "mori", "ascend_fuseep", "flashinfer")
              .byDefault("none")
              .ignored("Exchange between experts.", DENSE),
          flag("--moe-runner-backend")
              .choice(
                  "auto",
                  "deep_gemm",
                  "triton",
                  "triton_kernel",
                  "flashinfer_trtllm",
                  "flashinfer_trtllm_routed",
                  "flashinfer_cutlass",
                  "flashinfer_mxfp4",
                  "flashinfer_cutedsl",
                  "cutlass")
              .byDefault("auto")
              .ignored("Kernels of experts.", DENSE),
          flag("--ep-num-redundant-experts")
              .whole(0, 10_000)
              .byDefault("0")
              .ignored("Copies of busy experts.", DENSE),
          flag("--enable-eplb").ignored("Move busy experts.", DENSE),
          flag("--deepep-mode")
              .choice("auto", "normal", "low_latency")
              .byDefault("auto")
              .ignored("Mode of an exchange.", DENSE)));

  private ParallelFlags() {}

  private static Flag one(String name, Effect rest, String meaning, String... aliases) {
    return flag(name, aliases).whole(1, 1_024).byDefault("1").worksFor(List.of("1"), rest, meaning);
  }
}
