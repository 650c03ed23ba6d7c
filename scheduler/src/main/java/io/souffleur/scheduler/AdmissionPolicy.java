package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.RejectReason;
import java.util.Optional;

/**
 * Which requests can ever run here, by size alone. Immutable, so that a submitting thread gets its
 * refusal at once and not at the end of a long step.
 *
 * @param contextLength most tokens of prompt and answer
 * @param poolTokens positions that all KV pages hold together
 */
record AdmissionPolicy(long epoch, int contextLength, long poolTokens) {
  static AdmissionPolicy of(long epoch, EngineSettings settings, CacheBook book) {
    return new AdmissionPolicy(
        epoch, settings.contextLength(), (long) book.pagesTotal() * book.pageTokens());
  }

  /** Empty when the request can run at least when it is alone. */
  Optional<Rejected> refusal(GenerationRequest request) {
    int known = request.knownTokens();
    if (known >= contextLength) {
      return Optional.of(reject(
          request,
          RejectReason.TOO_LONG,
          "the prompt has " + known + " tokens, the context of " + contextLength
              + " leaves no room for an answer"));
    }
    if (known > poolTokens) {
      return Optional.of(reject(
          request,
          RejectReason.NEVER_FITS,
          "the prompt has " + known + " tokens, all cache pages together hold " + poolTokens
              + "; raise --max-total-tokens or --mem-fraction-static"));
    }
    return Optional.empty();
  }

  Rejected reject(GenerationRequest request, RejectReason reason, String detail) {
    return new Rejected(request.id(), epoch, reason, detail);
  }

  /**
   * Known tokens at which a sequence ends with {@code LENGTH}: its own limit, the context, and what the
   * pages can hold. The last token of a stream is drawn but never computed, hence the one.
   */
  int knownMax(GenerationRequest request) {
    long own = (long) request.promptTokens().length + request.maxNewTokens();
    return (int) Math.min(own, Math.min(contextLength, poolTokens + 1));
  }
}
