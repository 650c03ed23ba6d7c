/**
 * Image and video bytes to patches: sizes, slices, resampling and the layout that a vision tower reads.
 *
 * <p>Everything here is a pure function of its arguments; who runs it, on how many threads and where the
 * patches lie is decided above.
 */
package io.souffleur.multimodal;
