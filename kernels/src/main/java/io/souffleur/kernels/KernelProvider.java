package io.souffleur.kernels;

import java.util.Optional;

/** One implementation of {@link Kernels}, found by {@code ServiceLoader}; stateless. */
public interface KernelProvider {
  /** Short, stable name: {@code reference}, {@code native-avx512bf16}, {@code native-x86-64-v3}. */
  String name();

  /** Higher is tried first by {@code auto}. */
  int preference();

  /** Empty when this machine can run it, otherwise one clause that says what is missing. */
  Optional<String> missing();

  /** Opens the kernels with a team of {@code threads} threads, the caller's thread included. */
  Kernels open(int threads);
}
