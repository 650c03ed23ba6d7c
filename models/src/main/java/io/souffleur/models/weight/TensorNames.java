package io.souffleur.models.weight;

import io.souffleur.models.InvalidModelException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names under which a file keeps the text model.
 *
 * <p>Text exports use {@code model.}, complete models {@code model.language_model.} (released files) or
 * {@code language_model.model.} (older converters). Everything else in a file (vision tower, mergers,
 * {@code mtp.*} draft heads) is not asked for and so ignored.
 *
 * @param prefix before {@code embed_tokens.weight}, {@code layers.N.…} and {@code norm.weight}
 * @param head name of the output matrix; empty when it is the embedding
 */
public record TensorNames(String prefix, Optional<String> head) {
  private static final List<String> PREFIXES =
      List.of("model.language_model.", "language_model.model.", "model.", "");
  private static final List<String> HEADS = List.of(
      "lm_head.weight", "language_model.lm_head.weight", "model.language_model.lm_head.weight");
  private static final String EMBEDDING = "embed_tokens.weight";

  /**
   * Finds the prefix that {@code weights} uses.
   *
   * @param tied whether the head is the embedding; empty when the config is silent and the file decides
   * @throws InvalidModelException when there is no embedding or head, or more layers than configured
   */
  public static TensorNames of(Optional<Boolean> tied, int layerCount, WeightSource weights)
      throws InvalidModelException {
    if (weights.names().isEmpty()) {
      return new TensorNames(
          "model.", tied.orElse(true) ? Optional.empty() : Optional.of(HEADS.getFirst()));
    }
    for (String prefix : PREFIXES) {
      if (weights.has(prefix + EMBEDDING)) {
        refuseMoreLayers(prefix, layerCount, weights);
        return new TensorNames(prefix, head(tied, weights));
      }
    }
    throw new InvalidModelException("the weight files have no embedding: none of "
        + PREFIXES.stream().map(p -> p + EMBEDDING).toList() + " is there");
  }

  private static Optional<String> head(Optional<Boolean> tied, WeightSource weights)
      throws InvalidModelException {
    if (tied.orElse(false)) {
      return Optional.empty();
    }
    Optional<String> head = HEADS.stream().filter(weights::has).findFirst();
    if (head.isEmpty() && tied.isPresent()) {
      throw new InvalidModelException(
          "the config says tie_word_embeddings false, but the weight files have no "
              + HEADS.getFirst());
    }
    return head;
  }

  private static void refuseMoreLayers(String prefix, int layerCount, WeightSource weights)
      throws InvalidModelException {
    Pattern layer = Pattern.compile(Pattern.quote(prefix + "layers.") + "(\\d{1,6})\\..*");
    for (String name : weights.names()) {
      Matcher matcher = layer.matcher(name);
      if (matcher.matches() && Integer.parseInt(matcher.group(1)) >= layerCount) {
        throw new InvalidModelException(
            "the weight files have " + name + ", the config says num_hidden_layers " + layerCount);
      }
    }
  }

  public String embedding() {
    return prefix + EMBEDDING;
  }

  public String finalNorm() {
    return prefix + "norm.weight";
  }

  /** Name of a tensor of layer {@code index}. */
  public String layer(int index, String rest) {
    return prefix + "layers." + index + "." + rest;
  }
}
