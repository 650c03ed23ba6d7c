package io.souffleur.scheduler;

import io.souffleur.cache.book.CacheBook;
import io.souffleur.contracts.request.GenerationEvent.Rejected;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.Picture;
import io.souffleur.contracts.request.RejectReason;
import java.util.Optional;

/**
 * Which requests can ever run here, by size alone. Immutable, so that a submitting thread gets its
 * refusal at once and not at the end of a long step.
 *
 * @param contextLength most tokens of prompt and answer
 * @param poolTokens positions that all KV pages hold together
 * @param eyes what there is for pictures
 */
record AdmissionPolicy(long epoch, int contextLength, long poolTokens, Eyes eyes) {
  static AdmissionPolicy of(long epoch, EngineSettings settings, CacheBook book, Eyes eyes) {
    return new AdmissionPolicy(
        epoch, settings.contextLength(), (long) book.pagesTotal() * book.pageTokens(), eyes);
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
    return unseen(request).map(why -> reject(request, RejectReason.NEVER_FITS, why));
  }

  /** Why the pictures of the request can never be encoded. */
  private Optional<String> unseen(GenerationRequest request) {
    if (!request.pictures().isEmpty() && !eyes.open()) {
      return Optional.of("the model takes no pictures");
    }
    for (Picture picture : request.pictures()) {
      if (picture.patchBytes() != eyes.patchBytes()) {
        return Optional.of("a picture has patches of " + picture.patchBytes()
            + " bytes, the model takes " + eyes.patchBytes());
      }
      if (picture.tokens() > eyes.featureRows()) {
        return Optional.of("a picture takes " + picture.tokens() + " tokens, all feature rows are "
            + eyes.featureRows());
      }
      for (int image = 0; image < picture.images(); image++) {
        if (picture.patches(image) > eyes.stepPatches()) {
          return Optional.of("a patch image has " + picture.patches(image)
              + " patches, a step encodes at most " + eyes.stepPatches());
        }
      }
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
