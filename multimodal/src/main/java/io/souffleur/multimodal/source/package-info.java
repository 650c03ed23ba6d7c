/**
 * From what a client names as a picture or a video to its bytes: text in the request, an address, or a file.
 *
 * <p>Everything here is written by strangers and refused unless it is allowed: with a
 * {@link io.souffleur.multimodal.source.MediaRefused} that carries a reason and a sentence. No message
 * repeats a payload or the query of an address, which may hold a secret.
 */
package io.souffleur.multimodal.source;
