package io.souffleur.clusterconfig.cli;

/** Hands the level to {@code logback.xml}, before the first logger exists. */
final class LogLevel {
  private static final String PROPERTY = "souffleur.log.level";

  private LogLevel() {}

  static void set(String level) {
    System.setProperty(PROPERTY, level);
  }
}
