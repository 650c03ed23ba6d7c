package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import java.util.List;

/** Memory, batching and the recurrent states. */
final class EngineFlags {
  private static final String NO_PREFIX_CACHE = "the prefix cache is not built yet";
  private static final String ONE_QUEUE =
      "requests run in the order of arrival, priorities are not built yet";
  private static final String STATES_ARE_F32 =
      "recurrent states are always kept in float32, so that no batch changes a bit";

  static final FlagSection SECTION = new FlagSection(
      "Memory and batching",
      List.of(
          flag("--mem-fraction-static")
              .takes(new ValueKind.Real(0, false, 1))
              .otherwise("from the memory plan")
              .works("Share of the memory budget for weights and caches, in (0, 1]."),
          flag("--max-running-requests")
              .whole(1, 65_536)
              .otherwise("from the memory plan")
              .works("Most requests in one batch; the rest wait."),
          flag("--max-queued-requests")
              .whole(0, 1_000_000)
              .otherwise("256")
              .works("Most waiting requests; beyond it a request is answered 429."),
          flag("--max-total-tokens")
              .human(1, Long.MAX_VALUE)
              .otherwise("from the memory plan")
              .works("Tokens that the cache holds for all requests together."),
          flag("--chunked-prefill-size")
              .whole(Integer.MIN_VALUE, Integer.MAX_VALUE)
              .otherwise("from the memory plan")
              .works("Prompt tokens computed in one step; 0 or less computes a prompt whole. If"
                  + " positive, a multiple of the page size."),
          flag("--page-size")
              .whole(1, 4_096)
              .byDefault("64")
              .works("Tokens in one page of the cache; see the rules of the mamba flags."),
          flag("--enable-mixed-chunk")
              .ignored("Mix decode rows into a prefill step.", "every step is mixed"),
          flag("--max-prefill-tokens")
              .human(1, Integer.MAX_VALUE)
              .byDefault("16384")
              .ignored("Bound of a prefill batch.", "--chunked-prefill-size bounds a step"),
          flag("--prefill-max-requests")
              .whole(1, Integer.MAX_VALUE)
              .ignored("Most requests in a prefill batch.", "--chunked-prefill-size bounds a step"),
          flag("--schedule-policy")
              .choice("lpm", "random", "fcfs", "dfs-weight", "lof", "priority", "routing-key")
              .byDefault("fcfs")
              .worksFor(
                  List.of("fcfs"), new Effect.Ignored(ONE_QUEUE), "Which waiting request is next."),
          flag("--enable-priority-scheduling").ignored("Schedule by priority.", ONE_QUEUE),
          flag("--schedule-low-priority-values-first")
              .ignored("Lower number means sooner.", ONE_QUEUE),
          flag("--priority-scheduling-preemption-threshold")
              .whole(0, Integer.MAX_VALUE)
              .byDefault("10")
              .ignored("Difference in priority that preempts.", ONE_QUEUE),
          flag("--disable-priority-preemption").ignored("Never preempt.", ONE_QUEUE),
          flag("--default-priority-value")
              .whole(Integer.MIN_VALUE, Integer.MAX_VALUE)
              .ignored("Priority of a request without one.", ONE_QUEUE),
          flag("--abort-on-priority-when-disabled")
              .ignored("Refuse a request that has a priority.", ONE_QUEUE),
          flag("--retraction-policy")
              .choice("length", "priority")
              .byDefault("length")
              .ignored("Which request gives way when memory runs out.", ONE_QUEUE),
          flag("--schedule-conservativeness")
              .takes(new ValueKind.Real(0, true, 1_000))
              .byDefault("1.0")
              .ignored("How much output is expected of running requests.", ONE_QUEUE),
          flag("--radix-eviction-policy")
              .choice("lru", "lfu", "slru", "priority")
              .byDefault("lru")
              .ignored("Which prefix is evicted first.", NO_PREFIX_CACHE),
          flag("--disable-radix-cache").ignored("No reuse of prefixes.", NO_PREFIX_CACHE),
          flag("--disable-overlap-schedule")
              .ignored("Plan a step after the last one ended.", "steps are planned so already"),
          flag("--num-continuous-decode-steps")
              .whole(1, 1_024)
              .byDefault("1")
              .worksFor(
                  List.of("1"),
                  new Effect.Ignored("a decode step costs no extra planning here"),
                  "Decode steps between two plans."),
          flag("--mamba-scheduler-strategy", "--mamba-radix-cache-strategy")
              .choice("auto", "no_buffer", "extra_buffer", "extra_buffer_lazy")
              .byDefault("auto")
              .ignored(
                  "How states are kept for prefixes. auto is extra_buffer; no_buffer sets the page"
                      + " size to 1; extra_buffer wants a page size that divides 64 or that 64"
                      + " divides.",
                  NO_PREFIX_CACHE + ", so its strategy is only checked"),
          flag("--max-mamba-cache-size")
              .whole(1, 1_000_000)
              .otherwise("from the memory plan")
              .ignored(
                  "State slots.",
                  NO_PREFIX_CACHE + ": slots follow from --max-running-requests until then"),
          flag("--mamba-full-memory-ratio")
              .takes(new ValueKind.Real(0, false, 1_000))
              .byDefault("0.9")
              .ignored(
                  "State memory to key and value memory.",
                  NO_PREFIX_CACHE + ": slots follow from --max-running-requests until then"),
          flag("--mamba-ssm-dtype")
              .choice("float32", "bfloat16", "float16")
              .byDefault("float32")
              .worksFor(
                  List.of("float32"), new Effect.Ignored(STATES_ARE_F32), "Form of the states."),
          flag("--mamba-track-interval")
              .whole(1, 1_000_000)
              .byDefault("256")
              .ignored(
                  "Decode steps between two stored states; a multiple of the page size.",
                  NO_PREFIX_CACHE + ", so the interval is only checked"),
          flag("--random-seed")
              .whole(Long.MIN_VALUE, Long.MAX_VALUE)
              .ignored(
                  "Seed of requests that bring none.",
                  "the seed of such a request follows from its id; give a seed in the request"),
          flag("--enable-deterministic-inference")
              .ignored("Same answer in any batch.", "it is so, always"),
          flag("--watchdog-timeout")
              .takes(new ValueKind.Real(0, false, 1e9))
              .byDefault("300")
              .works("Seconds after which a step counts as stuck; its rank is replaced."),
          flag("--soft-watchdog-timeout")
              .takes(new ValueKind.Real(0, false, 1e9))
              .ignored(
                  "Seconds after which a stuck step is reported.",
                  "stuck steps have their own limit")));

  private EngineFlags() {}
}
