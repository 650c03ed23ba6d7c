package io.souffleur.clusterconfig.conformance;

import java.io.IOException;
import java.util.function.Consumer;

/** The cases of one golden folder or vector file. */
interface Suite {
  /** Golden models are too small for a team, and under the law a team would change no bit. */
  int THREADS = 1;

  /**
   * Runs every case and hands each row out as soon as it is known.
   *
   * @param backend name of the kernel set, as {@code KernelProviders.choose} takes it
   * @throws IOException with one sentence when the golden data cannot be read
   */
  void run(String backend, Consumer<Row> rows) throws IOException;
}
