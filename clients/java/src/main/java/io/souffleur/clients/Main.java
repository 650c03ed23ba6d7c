package io.souffleur.clients;

/** Runs all cases against the server at the given URL; exit code 1 when one fails. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Cases cases = new Cases(args[0]);
    new LangChain4jCases(cases).run();
    new SpringAiCases(cases).run();
    System.exit(cases.failed() == 0 ? 0 : 1);
  }
}
