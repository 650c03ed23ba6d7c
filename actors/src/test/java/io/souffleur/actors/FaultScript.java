package io.souffleur.actors;

import io.souffleur.contracts.step.StepPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a rank does to itself, and when; travels as one argument of its process. */
record FaultScript(List<Fault> faults) {
  /** A point in the life of a rank. */
  enum Moment {
    LOADING,
    /** In a step with the first of several chunks of a prompt. */
    FIRST_CHUNK,
    LATER_CHUNK,
    DECODE,
    /** The result of a decode step is in the stream to the front. */
    RESULT_SENT,
    /** In a step that has the token of the fault. */
    TOKEN
  }

  enum Deed {
    /** As an outsider would: {@code kill -9}. */
    KILL,
    /** As an outsider would: {@code kill -STOP}. */
    STOP,
    /** SIGABRT, as native code ends itself. */
    CRASH,
    THROW,
    /** The run's numbers become NaN, in its memory too. */
    NAN
  }

  /**
   * @param last the last incarnation that does it
   * @param token only for {@link Moment#TOKEN}
   */
  record Fault(int first, int last, Moment moment, int token, Deed deed) {
    String word() {
      return first + ":" + last + ":" + moment + ":" + token + ":" + deed;
    }

    static Fault parse(String word) {
      String[] parts = word.split(":");
      return new Fault(
          Integer.parseInt(parts[0]),
          Integer.parseInt(parts[1]),
          Moment.valueOf(parts[2]),
          Integer.parseInt(parts[3]),
          Deed.valueOf(parts[4]));
    }
  }

  static Fault once(int incarnation, Moment moment, Deed deed) {
    return new Fault(incarnation, incarnation, moment, 0, deed);
  }

  static FaultScript of(Fault... faults) {
    return new FaultScript(List.of(faults));
  }

  static FaultScript parse(String argument) {
    return new FaultScript(Arrays.stream(argument.split(","))
        .filter(word -> !word.isEmpty())
        .map(Fault::parse)
        .toList());
  }

  String argument() {
    return faults.stream().map(Fault::word).collect(Collectors.joining(","));
  }

  FaultScript of(int incarnation) {
    return new FaultScript(faults.stream()
        .filter(each -> each.first() <= incarnation && incarnation <= each.last())
        .toList());
  }

  Optional<Fault> at(Moment moment) {
    return faults.stream().filter(each -> each.moment() == moment).findFirst();
  }

  /** The fault that this run of a plan brings about. */
  Optional<Fault> in(StepPlan plan, int run) {
    return faults.stream().filter(each -> hits(each, plan, run)).findFirst();
  }

  private static boolean hits(Fault fault, StepPlan plan, int run) {
    int rows = plan.tokenEnd(run) - plan.tokenStart(run);
    boolean first = plan.runFirstPosition(run) == 0;
    return switch (fault.moment()) {
      case FIRST_CHUNK -> first && !plan.runDraws(run);
      case LATER_CHUNK -> !first && rows > 1;
      case DECODE -> !first && rows == 1 && plan.step() >= 10;
      case TOKEN -> has(plan, run, fault.token());
      case LOADING, RESULT_SENT -> false;
    };
  }

  private static boolean has(StepPlan plan, int run, int token) {
    for (int i = plan.tokenStart(run); i < plan.tokenEnd(run); i++) {
      if (plan.token(i) == token) {
        return true;
      }
    }
    return false;
  }
}
