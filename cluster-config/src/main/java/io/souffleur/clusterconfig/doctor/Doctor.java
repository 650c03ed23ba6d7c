package io.souffleur.clusterconfig.doctor;

import io.souffleur.clusterconfig.cli.CommandTree;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Gathers the findings and prints them as two columns. */
public final class Doctor {
  private Doctor() {}

  /** Prints the report; the exit code is 0 whatever was found. */
  public static int run(LaunchOptions options, PrintStream out) {
    print(findings(options), out);
    return CommandTree.OK;
  }

  private static List<Finding> findings(LaunchOptions options) {
    List<Finding> found = new ArrayList<>(new Machine(new SystemFiles(Path.of("/"))).findings());
    found.add(new Gpus().finding());
    found.addAll(KernelSets.findings(options.process().backend()));
    found.addAll(LaunchPlan.findings(options));
    return found;
  }

  static void print(List<Finding> findings, PrintStream out) {
    int width = findings.stream().mapToInt(f -> f.topic().length()).max().orElse(0);
    for (Finding finding : findings) {
      String padding = " ".repeat(width - finding.topic().length());
      out.println(finding.topic() + padding + "  " + finding.text());
    }
  }
}
