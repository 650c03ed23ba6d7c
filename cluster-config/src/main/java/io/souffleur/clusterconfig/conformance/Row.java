package io.souffleur.clusterconfig.conformance;

/**
 * One line of the table.
 *
 * @param name folder and case
 * @param largestError largest absolute difference, or number of differences for exact cases
 * @param limit largest error that passes
 * @param bf16 share of positions where a bf16 run ranks the same token first; empty where it says
 *     nothing
 * @param verdict outcome
 * @param note what differs, for failures; why, for skipped cases; empty otherwise
 */
public record Row(
    String name, double largestError, double limit, String bf16, Verdict verdict, String note) {
  /** What became of a case. */
  public enum Verdict {
    PASSED,
    FAILED,
    /** The case asks for something this build does not have; counts as no failure. */
    SKIPPED
  }

  /** A case with a largest error; NaN fails. */
  static Row measured(String name, double largestError, double limit) {
    return measured(name, largestError, limit, "");
  }

  static Row measured(String name, double largestError, double limit, String bf16) {
    Verdict verdict = largestError <= limit ? Verdict.PASSED : Verdict.FAILED;
    return new Row(name, largestError, limit, bf16, verdict, "");
  }

  /** A case that is equal or not. */
  static Row exact(String name, boolean equal, String note) {
    return new Row(
        name, equal ? 0 : 1, 0, "", equal ? Verdict.PASSED : Verdict.FAILED, equal ? "" : note);
  }

  static Row skipped(String name, String note) {
    return new Row(name, 0, 0, "", Verdict.SKIPPED, note);
  }
}
