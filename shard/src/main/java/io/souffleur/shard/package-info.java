/**
 * One rank: weights, shelves and kernels executing step plans, in the engine loop's thread or in a
 * process of its own.
 *
 * <p>{@link io.souffleur.shard.ShardRuntime} is the rank itself. Ranks never schedule and never keep
 * anything that a plan did not tell them, so one can take the place of another between two tries of the
 * same step.
 */
package io.souffleur.shard;
