/**
 * The shelves: the bytes of KV pages and recurrent-state slots, addressed by the numbers of the book.
 *
 * <p>Exists once per rank. The bytes lie in shared-memory files that outlive the rank's process, or in
 * plain memory when the rank is a thread. Only the owning rank writes them.
 */
package io.souffleur.cache.store;
