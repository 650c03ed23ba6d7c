package io.souffleur.http;

import io.souffleur.contracts.request.RequestId;
import io.souffleur.http.openai.ApiException;
import java.util.List;

/**
 * The sessions of one HTTP request: one per prompt.
 *
 * @param whole the id that the client knows; an abort by it ends all parts
 */
record Opening(RequestId whole, List<SessionPlan> parts) {
  Opening {
    parts = List.copyOf(parts);
  }

  static Opening single(SessionPlan plan) {
    return new Opening(plan.id(), List.of(plan));
  }

  /**
   * The id of one of several parts; it follows from the whole id, and so do its random numbers.
   *
   * @throws ApiException if the whole id leaves no room for the number
   */
  static RequestId part(RequestId whole, int index, int parts) {
    if (parts == 1) {
      return whole;
    }
    String id = whole.value() + "_" + index;
    if (id.length() > RequestId.LENGTH_MAX) {
      throw ApiException.invalid("rid must leave room for the number of each of " + parts
          + " prompts: " + RequestId.LENGTH_MAX + " characters in all, got " + id.length());
    }
    return new RequestId(id);
  }
}
