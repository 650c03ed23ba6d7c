/**
 * Image files to pixels: the format by its first bytes, the extent from the header before anything is
 * decoded, then RGB.
 *
 * <p>Bytes come from strangers. What is not one of the named formats, is broken or is too large is
 * refused with an {@link io.souffleur.multimodal.image.ImageRefused} that says why.
 */
package io.souffleur.multimodal.image;
