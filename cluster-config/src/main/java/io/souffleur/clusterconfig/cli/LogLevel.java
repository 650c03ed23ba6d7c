package io.souffleur.clusterconfig.cli;

/** Hands the levels to {@code logback.xml}, before the first logger exists. */
final class LogLevel {
  static final String OURS = "souffleur.log.level";
  static final String LIBRARIES = "souffleur.log.level.libraries";

  private LogLevel() {}

  static void set(String level) {
    System.setProperty(OURS, level);
    System.setProperty(LIBRARIES, ofLibraries(level));
  }

  /** What libraries tell at info is of no use to who runs the server. */
  private static String ofLibraries(String level) {
    return level.equals("INFO") ? "WARN" : level;
  }
}
