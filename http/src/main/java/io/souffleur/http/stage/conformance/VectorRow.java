package io.souffleur.http.stage.conformance;

/**
 * Outcome of one vector.
 *
 * @param name the vector's id
 * @param detail what was compared, or expected and found where it differs
 */
public record VectorRow(String name, Verdict verdict, String detail) {

  /** What became of a vector. */
  public enum Verdict {
    PASSED,
    FAILED,
    /** The vector is for a parser that does not exist here. */
    SKIPPED
  }
}
