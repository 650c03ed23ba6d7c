/**
 * Text on both sides of a model: chat template, tokenizer, incremental detokenizer.
 *
 * <p>{@link io.souffleur.tokenizer.TextAssets} loads everything that a checkpoint folder says about
 * text. The rest of the house sees only plain Java trees (maps, lists, strings, numbers), token ids
 * and strings. Nothing here opens a socket, runs code from a model folder, or logs.
 */
package io.souffleur.tokenizer;
