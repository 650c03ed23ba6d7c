package io.souffleur.clusterconfig;

import io.souffleur.clusterconfig.cli.Actions;
import io.souffleur.clusterconfig.cli.CommandTree;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.doctor.Doctor;

/** Entry point of every Souffleur process that a person starts. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Actions actions = new Actions(
        (options, err) -> {
          throw new LaunchError("the server is not wired in this build");
        },
        (options, prompt, out, err) -> {
          throw new LaunchError("the engine is not wired in this build");
        },
        Doctor::run,
        (paths, backend, out) -> {
          throw new LaunchError("the runner is not wired in this build");
        });
    System.exit(CommandTree.run(arguments, actions, System.out, System.err));
  }
}
