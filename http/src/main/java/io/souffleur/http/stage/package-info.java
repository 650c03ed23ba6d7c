/**
 * Incremental stages between decoded text and the wire: stop strings, reasoning, tool calls.
 *
 * <p>Every stage is a plain state machine with {@code accept(piece, out)} and {@code finish(out)},
 * owned by one session and never shared between threads. For every way of cutting a text into
 * pieces the joined output is the same, so streamed and whole answers come from one machine.
 */
package io.souffleur.http.stage;
