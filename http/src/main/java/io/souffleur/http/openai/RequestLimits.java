package io.souffleur.http.openai;

/**
 * Limits of one request body. Above each of them the request is refused with the limit's name.
 *
 * @param bodyBytes size of the body (413)
 * @param nestingDepth arrays and objects inside each other
 * @param numberChars characters of one number
 * @param messages messages of a conversation, and parts of a message
 * @param tools tools offered
 */
public record RequestLimits(
    int bodyBytes, int nestingDepth, int numberChars, int messages, int tools) {
  public static final RequestLimits DEFAULT = new RequestLimits(16 << 20, 64, 64, 4096, 512);

  public RequestLimits {
    if (bodyBytes < 1 || nestingDepth < 1 || numberChars < 1 || messages < 1 || tools < 1) {
      throw new IllegalArgumentException("request limits must be positive");
    }
  }
}
