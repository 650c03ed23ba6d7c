package io.souffleur.clusterconfig.cli;

import java.util.Map;

/**
 * Everything a launch was asked for, complete and checked as far as the command line can tell.
 *
 * @param shown values of flags that may be shown to clients, by name with underscores
 */
public record LaunchOptions(
    ModelOptions model,
    EngineOptions engine,
    TextOptions text,
    ServerOptions server,
    ProcessOptions process,
    Map<String, Object> shown) {
  public LaunchOptions {
    shown = Map.copyOf(shown);
  }
}
