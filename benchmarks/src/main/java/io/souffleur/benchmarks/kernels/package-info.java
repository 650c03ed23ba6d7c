/**
 * Kernel benchmarks at the shapes of a 0.8-billion-parameter Qwen3.5 decoder.
 *
 * <p>Plain programs instead of a harness: weights far larger than the caches must be cycled through,
 * and the fastest of many short groups is what a shared machine measures most honestly.
 */
package io.souffleur.benchmarks.kernels;
