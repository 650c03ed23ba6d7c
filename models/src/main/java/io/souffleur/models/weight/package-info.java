/**
 * Weights on disk: tensor files as they are published, and packed panels as kernels want them.
 *
 * <p>{@link io.souffleur.models.weight.SafeTensors} checks and maps published files.
 * {@link io.souffleur.models.weight.PanelStore} keeps packed weights in one mapped file per model and
 * kernel set, so that a restarted process only maps.
 */
package io.souffleur.models.weight;
