/**
 * The tier below the caches: how records of pages and checkpoints are named, and the port through which
 * the engine loop has them written and read.
 */
package io.souffleur.contracts.tier;
