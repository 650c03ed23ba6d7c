package io.souffleur.transport;

/** Builds step channels from two streams of messages, whatever carries them. */
public final class StepChannels {
  private StepChannels() {}

  /**
   * @param plans takes the plans
   * @param results gives the results
   */
  public static FrontStepChannel front(
      StepAddress address, MessageOut plans, MessageIn results, TransportCounters counters) {
    return new CodedFrontChannel(address, plans, results, counters);
  }

  /**
   * @param plans gives the plans
   * @param results takes the results
   */
  public static RankStepChannel rank(
      StepAddress address, MessageIn plans, MessageOut results, TransportCounters counters) {
    return new CodedRankChannel(address, plans, results, counters);
  }
}
