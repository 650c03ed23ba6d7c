/**
 * The Qwen3.5 text model, which MiniCPM-V 4.6 is built on: three gated delta layers, then one gated
 * attention layer, each followed by a gated MLP.
 */
package io.souffleur.models.qwen35;
