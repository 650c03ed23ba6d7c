/**
 * From a model folder to a decoder: configuration, weight files, and the forward pass as a pure
 * function of a step.
 *
 * <p>{@link io.souffleur.models.ModelLoader} looks at a folder or loads it; the
 * {@link io.souffleur.models.ModelFamily} that recognises the configuration does the rest. A
 * {@link io.souffleur.models.Decoder} is given its caches and its step and asks no global for anything.
 * Everything wrong with a folder is an {@link io.souffleur.models.InvalidModelException} of one sentence.
 */
package io.souffleur.models;
