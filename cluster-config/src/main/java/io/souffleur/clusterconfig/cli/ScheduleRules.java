package io.souffleur.clusterconfig.cli;

import io.souffleur.scheduler.PrioritySettings;
import io.souffleur.scheduler.RetractionPolicy;
import io.souffleur.scheduler.SchedulePolicy;
import io.souffleur.scheduler.SchedulingSettings;
import java.util.OptionalInt;

/** The flags that say who is served next, and which of them do not go together. */
final class ScheduleRules {
  private static final String POLICY = "--schedule-policy";
  private static final String PRIORITIES = "--enable-priority-scheduling";

  private static final String RETRACTION = "--retraction-policy";

  private ScheduleRules() {}

  static SchedulingSettings read(ParsedFlags flags) throws LaunchError {
    String name = flags.textOrDefault(POLICY);
    boolean priorities = flags.given(PRIORITIES);
    if (priorities && !name.equals("fcfs") && !name.equals("lof")) {
      throw new LaunchError(PRIORITIES + ": " + POLICY + " must be fcfs or lof then, got " + name);
    }
    if (flags.textOrDefault(RETRACTION).equals("priority") && !priorities) {
      throw new LaunchError(RETRACTION + " priority: needs " + PRIORITIES);
    }
    return new SchedulingSettings(
        policy(name),
        flags.number("--random-seed").orElse(0),
        flags.real("--schedule-conservativeness").orElseThrow(),
        flags.count("--max-prefill-tokens").orElseThrow(),
        new PrioritySettings(
            priorities,
            flags.given("--schedule-low-priority-values-first"),
            flags.given("--disable-priority-preemption")
                ? OptionalInt.empty()
                : flags.count("--priority-scheduling-preemption-threshold"),
            flags.count("--default-priority-value"),
            flags.given("--abort-on-priority-when-disabled")),
        flags.textOrDefault(RETRACTION).equals("priority")
            ? RetractionPolicy.PRIORITY
            : RetractionPolicy.LENGTH);
  }

  /** A walk through the tree of prefixes, and a router in front, serve in order of arrival here. */
  private static SchedulePolicy policy(String name) {
    return switch (name) {
      case "lpm" -> SchedulePolicy.LPM;
      case "lof" -> SchedulePolicy.LOF;
      case "random" -> SchedulePolicy.RANDOM;
      case "priority" -> SchedulePolicy.PRIORITY;
      default -> SchedulePolicy.FCFS;
    };
  }
}
