/**
 * The host file tier: copies of KV pages and checkpoints in append-only segment files, which outlive
 * eviction, epochs and, in a folder of the operator's choice, the server.
 *
 * <p>A {@code TierStore} is one kind of record in one folder; a {@code TierLoop} drives it on a thread of
 * its own, fed by the engine loop through a {@code QueuedTier}. Every record names what it depends on and
 * carries checksums; what does not agree in any point is no record.
 */
package io.souffleur.cache.tier;
