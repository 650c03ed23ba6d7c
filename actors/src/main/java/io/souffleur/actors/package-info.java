/**
 * The control plane: supervision, lifecycle, admission, routing and prompt workers.
 *
 * <p>{@link io.souffleur.actors.EngineClient} is what the rooms above see. Actors here own identity and
 * failure; no handler blocks or touches a tensor. The step loops they host are plain Java from
 * {@code scheduler} and {@code shard}, each on a thread of its own.
 */
package io.souffleur.actors;
