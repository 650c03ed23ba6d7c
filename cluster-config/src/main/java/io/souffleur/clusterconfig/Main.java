package io.souffleur.clusterconfig;

import io.souffleur.clusterconfig.bench.LatencyAction;
import io.souffleur.clusterconfig.bench.ServingAction;
import io.souffleur.clusterconfig.cli.Actions;
import io.souffleur.clusterconfig.cli.CommandTree;
import io.souffleur.clusterconfig.conformance.ConformanceRunner;
import io.souffleur.clusterconfig.doctor.Doctor;
import io.souffleur.clusterconfig.launch.GenerateAction;
import io.souffleur.clusterconfig.launch.ServeAction;

/** Entry point of every Souffleur process that a person starts. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Actions actions = new Actions(
        ServeAction::run,
        GenerateAction::run,
        Doctor::run,
        ConformanceRunner::runAndPrint,
        LatencyAction::run,
        ServingAction::run);
    System.exit(CommandTree.run(arguments, actions, System.out, System.err));
  }
}
