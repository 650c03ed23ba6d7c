package io.souffleur.benchmarks.kernels;

import io.souffleur.kernels.Kernels;

/** One operation at one shape, set up once and measured many times. */
interface KernelCase {
  String name();

  /** Floating-point operations of one call, a multiply-add counted as two. */
  double operations();

  /** Bytes of one call that come from memory when the working set exceeds the caches. */
  double bytes();

  void run(Kernels kernels);
}
