/**
 * From bytes to patches beside everything else: a bounded pool of decoders, and the hash that names an
 * image wherever its features are kept.
 *
 * <p>Plain threads and futures. Whoever hosts this decides where patches lie and what happens to a
 * refusal.
 */
package io.souffleur.multimodal.prepare;
