package io.souffleur.clusterconfig.conformance;

import io.souffleur.http.stage.conformance.VectorRow;
import io.souffleur.http.stage.conformance.VectorRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A file of parser vectors through the answer stages, in many cuts. */
final class VectorSuite implements Suite {
  private static final long SEED = 36;

  private final Path file;

  VectorSuite(Path file) {
    this.file = file;
  }

  @Override
  public void run(String backend, Consumer<Row> rows) throws IOException {
    String title = file.getFileName().toString().replaceFirst("\\.json$", "");
    for (VectorRow vector : new VectorRunner(SEED).run(file)) {
      String name = title + " " + vector.name();
      rows.accept(
          switch (vector.verdict()) {
            case PASSED -> Row.exact(name, true, "");
            case FAILED -> Row.exact(name, false, vector.detail());
            case SKIPPED -> Row.skipped(name, vector.detail());
          });
    }
  }
}
