package io.souffleur.clusterconfig.launch;

import io.souffleur.actors.ModelCard;
import io.souffleur.clusterconfig.cli.LaunchError;
import io.souffleur.clusterconfig.cli.LaunchOptions;
import io.souffleur.clusterconfig.cli.ModelOptions;
import io.souffleur.clusterconfig.cli.ParserChoice;
import io.souffleur.clusterconfig.cli.TextOptions;
import io.souffleur.models.ComputeType;
import io.souffleur.models.InvalidModelException;
import io.souffleur.models.LoadFormat;
import io.souffleur.models.ModelLoader;
import io.souffleur.models.ModelSummary;
import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.TemplateTraits;
import io.souffleur.tokenizer.TextAssets;
import io.souffleur.tokenizer.TokenizerException;
import io.souffleur.understudy.EmbeddedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The checkpoint of a launch, looked at but not loaded: sizes, text side, what clients will see of it.
 *
 * @param format where its weights come from
 * @param notices lines for the operator
 */
public record ServedModel(
    Path folder,
    LoadFormat format,
    ModelSummary summary,
    TextAssets text,
    ModelCard card,
    List<String> notices) {

  /** @throws LaunchError with one sentence when the folder cannot be served */
  public static ServedModel open(LaunchOptions options) throws LaunchError {
    ModelOptions model = options.model();
    try {
      Path folder = model.embedded()
          ? EmbeddedModel.unpack(CacheFolder.path())
          : model.folder().orElseThrow().toAbsolutePath().normalize();
      LoadFormat format = switch (model.source()) {
        case FILES -> LoadFormat.SAFETENSORS;
        case DUMMY -> LoadFormat.DUMMY;
      };
      ComputeType wanted = switch (model.dtype()) {
        case AUTO -> ComputeType.AUTO;
        case BFLOAT16 -> ComputeType.BFLOAT16;
        case FLOAT32 -> ComputeType.FLOAT32;
      };
      ModelSummary summary = new ModelLoader(format).inspect(folder, wanted);
      TextAssets text = text(folder, options);
      ParserChoice parsers =
          ParserChoice.of(options.text(), model.embedded(), traits(text.chatTemplate()));
      return new ServedModel(
          folder,
          format,
          summary,
          text,
          card(options, folder, summary, text, parsers),
          parsers.notices());
    } catch (InvalidModelException | TokenizerException refused) {
      throw new LaunchError(refused.getMessage());
    } catch (IOException unreadable) {
      throw new LaunchError("the model cannot be read: " + unreadable.getMessage());
    }
  }

  private static TextAssets text(Path folder, LaunchOptions options) {
    TextAssets found = TextAssets.load(
        options.model().tokenizerFolder().orElse(folder), options.text().chatTemplate());
    return new TextAssets(
        found.tokenizer(),
        found
            .chatTemplate()
            .map(template -> TemplateDefaults.over(template, options.text().templateDefaults())),
        found.specialTokens(),
        found.stopTokenIds());
  }

  private static TemplateTraits traits(Optional<ChatTemplate> template) {
    return TemplateTraits.detect(template.map(ChatTemplate::source).orElse(""));
  }

  private static ModelCard card(
      LaunchOptions options,
      Path folder,
      ModelSummary summary,
      TextAssets text,
      ParserChoice parsers)
      throws LaunchError {
    return new ModelCard(
        servedName(options),
        folder,
        contextTokens(options.model(), summary),
        summary.vocabSize(),
        text.stopTokenIds().isEmpty() ? summary.eosIds() : text.stopTokenIds(),
        options.text().samplingDefaults() == TextOptions.SamplingDefaults.OPENAI
            ? ModelCard.SamplingDefaults.OPENAI
            : GenerationDefaults.read(folder),
        parsers.reasoning(),
        parsers.tools());
  }

  private static String servedName(LaunchOptions options) {
    return options
        .server()
        .servedName()
        .orElseGet(
            () -> options.model().folder().map(Path::toString).orElse(EmbeddedModel.SERVED_NAME));
  }

  private static int contextTokens(ModelOptions model, ModelSummary summary) throws LaunchError {
    int limit = summary.contextLength();
    int wanted = model.contextTokens().orElse(limit);
    if (wanted < 2 || wanted > limit) {
      throw new LaunchError(
          "--context-length must be from 2 to " + limit + ", the model's own limit, got " + wanted);
    }
    return wanted;
  }
}
