/**
 * Who runs in the next step, and the loop that runs step after step.
 *
 * <p>{@link io.souffleur.scheduler.EngineLoop} is an agent on a thread of its own; {@link
 * io.souffleur.scheduler.EngineInbox} is the only door to it, {@link io.souffleur.scheduler.TokenSink}
 * the only way out. Plain Java: no actors, no transport, no tensors.
 */
package io.souffleur.scheduler;
