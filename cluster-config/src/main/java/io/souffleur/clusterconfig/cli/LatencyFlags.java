package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** What {@code bench latency} takes beside the flags of {@code serve}. */
final class LatencyFlags {
  private static final FlagSection SECTION = new FlagSection(
      "The batch",
      List.of(
          flag("--batch-size", "--batch")
              .several(new ValueKind.Whole(1, 4_096))
              .byDefault("1")
              .works("Requests in a batch."),
          flag("--input-len")
              .several(new ValueKind.Whole(1, 10_000_000))
              .byDefault("1024")
              .works("Prompt tokens of each request."),
          flag("--output-len")
              .several(new ValueKind.Whole(1, 10_000_000))
              .byDefault("16")
              .works("Tokens that each request generates."),
          flag("--repeats")
              .whole(1, 10_000)
              .byDefault("5")
              .works("Timed runs of each batch; the figures are their medians."),
          flag("--warmup")
              .whole(0, 10_000)
              .byDefault("2")
              .works("Runs of each batch before the timed ones."),
          flag("--seed")
              .whole(Long.MIN_VALUE, Long.MAX_VALUE)
              .byDefault("1")
              .works("Seed of the prompts' tokens."),
          flag("--run-name").text("NAME").byDefault("default").works("Label in the result file."),
          flag("--result-filename")
              .text("FILE")
              .byDefault("result.jsonl")
              .works("File that one JSON line per batch is appended to.")));

  static final FlagTable TABLE = FlagTable.SERVE.with(SECTION);

  private LatencyFlags() {}
}
