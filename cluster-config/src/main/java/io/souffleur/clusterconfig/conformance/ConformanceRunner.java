package io.souffleur.clusterconfig.conformance;

import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.conformance.Row.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs golden folders and vector files against this build. */
public final class ConformanceRunner {
  /**
   * Runs every case of every path.
   *
   * @param backend name of the kernel set, {@code auto} or {@code native}
   * @throws IOException with one sentence when a path is no golden data or cannot be read
   * @throws IllegalArgumentException when there is no such kernel set here
   */
  public List<Row> run(List<Path> paths, String backend) throws IOException {
    List<Row> rows = new ArrayList<>();
    run(paths, backend, rows::add);
    return rows;
  }

  /** As {@link #run(List, String)}, handing each row out as soon as it is known. */
  public void run(List<Path> paths, String backend, Consumer<Row> rows) throws IOException {
    List<Suite> suites = new ArrayList<>();
    for (Path path : paths) {
      suites.addAll(GoldenKinds.suites(path.toAbsolutePath().normalize()));
    }
    for (Suite suite : suites) {
      suite.run(backend, rows);
    }
  }

  /**
   * The command: prints the table row by row.
   *
   * @return 1 when a case failed, otherwise 0
   * @throws LaunchError with one sentence when a path or the kernel set is not usable
   */
  public static int runAndPrint(List<Path> paths, String backend, PrintStream out)
      throws LaunchError {
    var table = new ConformanceTable(out);
    try {
      table.header();
      new ConformanceRunner().run(paths, backend, table::row);
    } catch (IOException | IllegalArgumentException failure) {
      throw new LaunchError(failure.getMessage());
    }
    table.summary();
    return table.count(Verdict.FAILED) == 0 ? 0 : 1;
  }
}
