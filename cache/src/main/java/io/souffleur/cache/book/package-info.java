/**
 * The book: which KV page and which recurrent-state slot belongs to whom, and which prefixes are kept for
 * others, in plain integers.
 *
 * <p>Exists once per replica and belongs to the engine loop's thread; nobody else reads or writes it.
 * The bytes behind the numbers lie on the ranks' shelves ({@code cache.store}). {@link
 * io.souffleur.cache.book.CacheBook} is the way in.
 */
package io.souffleur.cache.book;
