package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** Drafts, adapters, cache tiers and split serving: not built yet. */
final class LaterFlags {
  private static final String NO_DRAFTS =
      "drafts are not built yet; answers are the same without, only slower";
  private static final String NO_ADAPTERS =
      "adapters are not built yet, and answers depend on them";
  private static final String NO_ADAPTER_SETTING = "adapters are not built yet";
  private static final String NOT_SPLIT = "prefill and decode run in one place";

  static final FlagSection SECTION = new FlagSection(
      "Not built yet",
      List.of(
          flag("--speculative-algorithm")
              .choice("EAGLE", "EAGLE3", "NEXTN", "STANDALONE", "NGRAM")
              .ignored("How tokens are drafted.", NO_DRAFTS),
          flag("--speculative-draft-model-path", "--speculative-draft-model")
              .text("DIR")
              .ignored("Model that drafts.", NO_DRAFTS),
          drafts("--speculative-num-steps", "Steps of a draft."),
          drafts("--speculative-eagle-topk", "Branches of a draft."),
          drafts("--speculative-num-draft-tokens", "Tokens of a draft."),
          drafts("--speculative-ngram-min-match-window-size", "Least match."),
          drafts("--speculative-ngram-max-match-window-size", "Most match."),
          drafts("--speculative-ngram-min-bfs-breadth", "Least branches."),
          drafts("--speculative-ngram-max-bfs-breadth", "Most branches."),
          flag("--speculative-ngram-match-type")
              .choice("BFS", "PROB")
              .ignored("How matches are ranked.", NO_DRAFTS),
          drafts("--speculative-ngram-branch-length", "Length of a branch."),
          drafts("--speculative-ngram-capacity", "Remembered sequences."),
          flag("--enable-lora").refused("Serve adapters.", NO_ADAPTERS),
          flag("--lora-paths")
              .several(new ValueKind.Text("NAME=DIR"))
              .refused("Adapters to load.", NO_ADAPTERS),
          adapters("--max-loras-per-batch", "Adapters in a batch."),
          adapters("--max-loaded-loras", "Adapters in memory."),
          adapters("--max-lora-rank", "Largest rank."),
          flag("--lora-target-modules")
              .several(new ValueKind.Text("NAME"))
              .ignored("Adapted layers.", NO_ADAPTER_SETTING),
          flag("--lora-eviction-policy")
              .choice("lru", "fifo")
              .byDefault("lru")
              .ignored("Which adapter goes first.", NO_ADAPTER_SETTING),
          flag("--lora-backend")
              .choice("triton", "csgmv", "ascend", "torch_native")
              .ignored("Kernels of adapters.", NO_ADAPTER_SETTING),
          flag("--disaggregation-mode")
              .choice("null", "prefill", "decode")
              .byDefault("null")
              .worksFor(
                  List.of("null"),
                  new Effect.Refused("prefill and decode on separate nodes is not built"),
                  "Part of a split server."),
          flag("--disaggregation-transfer-backend")
              .choice("mooncake", "nixl", "ascend", "fake", "mori")
              .ignored("How caches travel.", NOT_SPLIT),
          flag("--disaggregation-bootstrap-port")
              .whole(0, 65_535)
              .ignored("Where the parts meet.", NOT_SPLIT),
          flag("--disaggregation-decode-tp")
              .whole(1, 1_024)
              .ignored("Ranks of the other part.", NOT_SPLIT),
          flag("--disaggregation-decode-dp")
              .whole(1, 1_024)
              .ignored("Replicas of the other part.", NOT_SPLIT),
          flag("--disaggregation-prefill-pp")
              .whole(1, 1_024)
              .ignored("Stages of the other part.", NOT_SPLIT),
          flag("--disaggregation-ib-device")
              .text("NAME")
              .ignored("Network device of the transfer.", NOT_SPLIT),
          flag("--num-reserved-decode-tokens")
              .whole(0, 1_000_000)
              .ignored("Tokens kept free for a request that arrives.", NOT_SPLIT)));

  private LaterFlags() {}

  private static Flag drafts(String name, String meaning) {
    return flag(name).whole(0, Integer.MAX_VALUE).ignored(meaning, NO_DRAFTS);
  }

  private static Flag adapters(String name, String meaning) {
    return flag(name).whole(0, 1_000_000).ignored(meaning, NO_ADAPTER_SETTING);
  }
}
