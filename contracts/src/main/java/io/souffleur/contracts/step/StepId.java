package io.souffleur.contracts.step;

/**
 * Which step, tried how often, between whom; stamped on every plan and result so that a stale one is
 * recognised and dropped.
 *
 * @param epoch incarnation of the replica (its book and stores)
 * @param incarnation incarnation of the rank within the epoch
 * @param step number of the step within the epoch, from 1
 * @param attempt how often this step has been offered before
 */
public record StepId(long epoch, int incarnation, long step, int attempt) {}
