/**
 * The dense Qwen3 text model, which is also the language model of Intern-S1-mini: full attention with
 * normed heads and without output gate, then a gated MLP, in every layer.
 */
package io.souffleur.models.qwen3;
