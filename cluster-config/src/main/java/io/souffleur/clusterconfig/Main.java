package io.souffleur.clusterconfig;

import io.souffleur.clusterconfig.cli.Actions;
import io.souffleur.clusterconfig.cli.CommandTree;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.doctor.Doctor;
import io.souffleur.clusterconfig.launch.GenerateAction;
import io.souffleur.clusterconfig.launch.ServeAction;

/** Entry point of every Souffleur process that a person starts. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Actions actions =
        new Actions(ServeAction::run, GenerateAction::run, Doctor::run, (paths, backend, out) -> {
          throw new LaunchError("the runner is not wired in this build");
        });
    System.exit(CommandTree.run(arguments, actions, System.out, System.err));
  }
}
