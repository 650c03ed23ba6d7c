package io.souffleur.tokenizer;

/**
 * A tokenizer file is missing, broken or of a kind that is not supported.
 *
 * <p>The message is one sentence that names the file and what is wrong with it; a launcher prints it
 * as it is.
 */
public final class TokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TokenizerException(String message) {
    super(message);
  }

  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
