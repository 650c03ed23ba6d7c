package io.souffleur.tokenizer;

import io.souffleur.tokenizer.jinja.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything a checkpoint folder says about text. Immutable; shared by all threads.
 *
 * @param tokenizer from {@code tokenizer.json}
 * @param chatTemplate the folder's template or the operator's; empty when there is none
 * @param specialTokens the roles named by {@code tokenizer_config.json}
 * @param stopTokenIds ids that end an answer, ascending, each once: the union of the end tokens of
 *     {@code generation_config.json}, {@code config.json} (with its {@code text_config}) and
 *     {@code tokenizer_config.json}
 */
public record TextAssets(
    Tokenizer tokenizer,
    Optional<ChatTemplate> chatTemplate,
    SpecialTokens specialTokens,
    List<Integer> stopTokenIds) {
  public TextAssets {
    Objects.requireNonNull(tokenizer, "tokenizer");
    Objects.requireNonNull(chatTemplate, "chatTemplate");
    Objects.requireNonNull(specialTokens, "specialTokens");
    stopTokenIds = List.copyOf(stopTokenIds);
  }

  /**
   * Loads a checkpoint folder in the layout of Hugging Face. Reads files and unpacks the tokenizer's
   * native library; never opens a socket.
   *
   * @throws TokenizerException with one sentence that names the file and what is wrong with it
   * @throws TemplateException if the folder's chat template cannot be parsed
   */
  public static TextAssets load(Path folder) {
    return load(folder, Optional.empty());
  }

  /** As {@link #load(Path)}, with the operator's template instead of the folder's, if given. */
  public static TextAssets load(Path folder, Optional<Path> chatTemplateFile) {
    return load(folder, chatTemplateFile, Clock.systemDefaultZone());
  }

  /** As {@link #load(Path, Optional)}; {@code clock} is what templates read the date from. */
  public static TextAssets load(Path folder, Optional<Path> chatTemplateFile, Clock clock) {
    if (!Files.isDirectory(folder)) {
      throw new TokenizerException("There is no checkpoint folder " + folder);
    }
    CheckpointText text = new CheckpointText(folder);
    Tokenizer tokenizer = new ByteLevelTokenizer(TokenizerFile.read(folder));
    SpecialTokens special = text.specialTokens();
    Optional<TemplateText> source = chatTemplateFile.isPresent()
        ? Optional.of(operatorTemplate(chatTemplateFile.get()))
        : text.template();
    return new TextAssets(
        tokenizer,
        source.map(found -> new JinjaChatTemplate(found, special, Limits.DEFAULT, clock)),
        special,
        List.copyOf(text.stopTokenIds(tokenizer)));
  }

  private static TemplateText operatorTemplate(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new TokenizerException("There is no chat template file " + file);
    }
    return new TemplateText(CheckpointText.text(file), Optional.empty());
  }
}
