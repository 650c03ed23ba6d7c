/**
 * Bytes of messages that cross nodes: requests, events and prompts.
 *
 * <p>Only the final classes of one table are written and read, each with an explicit number. Every
 * length and count is checked against its limit and against the bytes that are there before memory is
 * taken, class names never travel, and Java serialisation is off. Whatever is wrong with bytes is a
 * {@link io.souffleur.actors.wire.WireFormatException}.
 */
package io.souffleur.actors.wire;
