package io.souffleur.http;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Time, for stamps and for durations.
 *
 * @param nanos monotonic, in nanoseconds
 */
record Clocks(InstantSource wall, LongSupplier nanos) {
  static final Clocks SYSTEM = new Clocks(InstantSource.system(), System::nanoTime);
}
