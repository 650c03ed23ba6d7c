/**
 * A rank put together: weights, kernels and stores of one {@code RankRecipe}, on a thread of the front
 * or in a process of its own.
 */
package io.souffleur.clusterconfig.rank;
