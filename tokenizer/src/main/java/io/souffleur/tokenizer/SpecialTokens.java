package io.souffleur.tokenizer;

import java.util.Objects;
import java.util.Optional;

/**
 * The spellings that {@code tokenizer_config.json} gives to the tokens with a role. A template sees
 * them as {@code bos_token} and so on; a missing one stays undefined there.
 */
public record SpecialTokens(
    Optional<String> bos, Optional<String> eos, Optional<String> pad, Optional<String> unk) {
  /** No role is filled. */
  public static final SpecialTokens NONE =
      new SpecialTokens(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public SpecialTokens {
    Objects.requireNonNull(bos, "bos");
    Objects.requireNonNull(eos, "eos");
    Objects.requireNonNull(pad, "pad");
    Objects.requireNonNull(unk, "unk");
  }
}
