/**
 * The blocks decoders are built of: token mixers (full attention, gated delta rule) and gated MLP, and
 * the stack that runs them layer by layer.
 *
 * <p>A block is bound once to its weights, its part of the caches and the step buffers, and then runs
 * step after step without taking memory.
 */
package io.souffleur.models.layer;
