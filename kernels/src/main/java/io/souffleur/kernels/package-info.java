/**
 * Numerical operations: the contract ({@link io.souffleur.kernels.Kernels}), the providers that
 * implement it, and the worker team that runs them.
 *
 * <p>A kernel knows no request, no step and no rank. Everything that decides a bit of a step is
 * behind this contract, so that one kernel set gives one answer: independent of batch, chunking,
 * threads and process.
 */
package io.souffleur.kernels;
