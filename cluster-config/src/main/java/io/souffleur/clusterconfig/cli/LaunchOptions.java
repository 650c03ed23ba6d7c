package io.souffleur.clusterconfig.cli;

/** Everything a launch was asked for, complete and checked as far as the command line can tell. */
public record LaunchOptions(
    ModelOptions model,
    EngineOptions engine,
    TextOptions text,
    ServerOptions server,
    ProcessOptions process) {}
