/**
 * Text models of the Qwen3 kin: layers of full attention, with or without an output gate, and of the gated
 * delta rule, each followed by a gated MLP.
 *
 * <p>A family says how its {@code config.json} becomes a {@link io.souffleur.models.text.TextConfig} and by
 * what its norms multiply; tensors, packing and the decoder are the same for all.
 */
package io.souffleur.models.text;
