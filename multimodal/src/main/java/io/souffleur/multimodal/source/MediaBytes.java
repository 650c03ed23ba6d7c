package io.souffleur.multimodal.source;

/**
 * Content of a picture or video, and what its first bytes say it is.
 *
 * @param bytes not copied; taken from the budget of its request until that is closed
 */
public record MediaBytes(MediaType type, byte[] bytes) {}
