package io.souffleur.clusterconfig.cli;

import static io.souffleur.clusterconfig.cli.Flag.flag;

import io.souffleur.scheduler.EngineSettings;
import java.util.List;

/** Memory, batching and the recurrent states. */
final class EngineFlags {
  private static final String STATES_ARE_F32 =
      "recurrent states are computed and kept in float32, the only form in which an answer does not"
          + " depend on what was cached; use float32";

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
              .whole(1, EngineSettings.QUEUED_REQUESTS_LIMIT)
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
              .works("Prompt tokens computed in one step without chunking: the context length if"
                  + " that is more, and at most 8192. With chunking --chunked-prefill-size bounds"
                  + " a step."),
          flag("--prefill-max-requests")
              .whole(1, Integer.MAX_VALUE)
              .ignored("Most requests in a prefill batch.", "--chunked-prefill-size bounds a step"),
          flag("--schedule-policy")
              .choice("lpm", "random", "fcfs", "dfs-weight", "lof", "priority", "routing-key")
              .byDefault("fcfs")
              .worksFor(
                  List.of("fcfs", "lpm", "lof", "priority", "random"),
                  new Effect.Ignored("as fcfs; for what is cached there is lpm"),
                  "Which waiting request is next: the oldest, the one with the longest cached prefix"
                      + " (lpm; the oldest while more than 128 wait), the one with the longest"
                      + " answer, the one of the highest priority, or one by lot (--random-seed)."),
          flag("--enable-priority-scheduling")
              .works("Requests with a higher priority are served first and may preempt others."
                  + " The policy must be fcfs or lof."),
          flag("--schedule-low-priority-values-first").works("Lower number means sooner."),
          flag("--priority-scheduling-preemption-threshold")
              .whole(0, Integer.MAX_VALUE)
              .byDefault("10")
              .works("A running request gives way to one whose priority is higher by more than"
                  + " this."),
          flag("--disable-priority-preemption").works("A running request never gives way."),
          flag("--default-priority-value")
              .whole(Integer.MIN_VALUE, Integer.MAX_VALUE)
              .otherwise("after all others")
              .works("Priority of a request without one."),
          flag("--abort-on-priority-when-disabled")
              .works("Answer a request that has a priority 503 while priority scheduling is off."),
          flag("--retraction-policy")
              .choice("length", "priority")
              .byDefault("length")
              .works("Which running request gives way when pages run out: the one that has"
                  + " generated least (length), or the least urgent first (priority, needs"
                  + " --enable-priority-scheduling)."),
          flag("--schedule-conservativeness")
              .takes(new ValueKind.Real(0, true, 1_000))
              .byDefault("1.0")
              .works("How much output is expected of running requests: larger admits later and"
                  + " retracts less, 0 admits whatever has room now."),
          flag("--radix-eviction-policy")
              .choice("lru", "lfu", "slru", "priority")
              .byDefault("lru")
              .worksFor(
                  List.of("lru"),
                  new Effect.Ignored("as lru, the prefix that was used longest ago"),
                  "Which kept prefix gives way first."),
          flag("--disable-radix-cache")
              .works("Keep nothing of a request for others. Not with extra_buffer."),
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
              .works("How states are kept for prefixes. extra_buffer, which auto and"
                  + " extra_buffer_lazy are too, keeps two slots for a running request and wants a"
                  + " page size that divides 64 or that 64 divides. no_buffer keeps one, at any page"
                  + " size; an interrupted step goes back to the last kept state. With"
                  + " --attention-backend trtllm_mha it turns the prefix cache off."),
          flag("--max-mamba-cache-size")
              .whole(1, 1_000_000)
              .otherwise("from the memory plan")
              .works("State slots in all, of running requests and of kept prefixes."),
          flag("--mamba-full-memory-ratio")
              .takes(new ValueKind.Real(0, false, 1_000))
              .byDefault("0.9")
              .works("Memory of states to memory of keys and values, where --max-mamba-cache-size"
                  + " does not say it. Running requests have their slots in any case."),
          flag("--mamba-ssm-dtype")
              .choice("float32", "bfloat16", "float16")
              .byDefault("float32")
              .worksFor(
                  List.of("float32"), new Effect.Refused(STATES_ARE_F32), "Form of the states."),
          flag("--mamba-track-interval")
              .whole(1, 1_000_000)
              .byDefault("256")
              .works("Tokens between two states that are kept on the way, in prompts and answers; a"
                  + " multiple of the page size."),
          flag("--enable-hierarchical-cache")
              .works("Keep prefixes that give way in files of shared memory, until the server ends;"
                  + " --cache-dir keeps them longer."),
          flag("--hicache-ratio")
              .takes(new ValueKind.Real(0, false, 1_000_000))
              .byDefault("2.0")
              .works("Bytes of that tier, or of --cache-dir, to bytes of the caches."),
          flag("--hicache-size")
              .whole(0, 1_000_000)
              .byDefault("0")
              .works("The same in GB, of keys, values and states together; 0: as the ratio says."),
          flag("--hicache-write-policy")
              .choice("write_back", "write_through", "write_through_selective")
              .byDefault("write_through")
              .worksFor(
                  List.of("write_through"),
                  new Effect.Ignored("as write_through"),
                  "When the tier is written: when a request has ended, behind the next steps."),
          flag("--hicache-storage-backend")
              .choice("file", "mooncake", "hf3fs", "nixl", "aibrix", "dynamic", "eic")
              .ignored("Where the last tier lies.", "the tier is files, see --cache-dir"),
          flag("--random-seed")
              .whole(Long.MIN_VALUE, Long.MAX_VALUE)
              .works("Seed of --schedule-policy random. The seed of a request that brings none"
                  + " follows from its id."),
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
