package io.souffleur.multimodal.prepare;

import io.souffleur.multimodal.source.MediaLoader;
import io.souffleur.multimodal.source.ServerBudget;

/**
 * The way in for the pictures of requests: source text → bytes → pool → patches.
 *
 * @param loader blocks on virtual threads of the requests
 * @param pool decodes
 * @param budget of all requests
 */
public record MediaIntake(MediaLoader loader, MediaPool pool, ServerBudget budget) {
  /** A new request's pictures; to be closed when it ends. */
  public MediaRequest open(byte[] tenantSalt) {
    return new MediaRequest(this, tenantSalt);
  }
}
