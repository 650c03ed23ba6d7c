package io.souffleur.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads the small files of a checkpoint folder that speak about text. One load, one thread. */
final class CheckpointText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long FILE_BYTES_MAX = 16L << 20;

  private final Path folder;
  private final JsonNode tokenizerConfig;

  CheckpointText(Path folder) {
    this.folder = folder;
    this.tokenizerConfig = json("tokenizer_config.json");
  }

  /** A file's tree; a missing node if there is no such file. */
  private JsonNode json(String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return JSON.missingNode();
    }
    JsonNode tree;
    try {
      tree = JSON.readTree(text(file));
    } catch (IOException malformed) {
      throw new TokenizerException(file + " is not valid JSON: " + firstLine(malformed), malformed);
    }
    if (!tree.isObject()) {
      throw new TokenizerException(file + " must hold a JSON object");
    }
    return tree;
  }

  static String firstLine(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  static String text(Path file) {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new TokenizerException(
            file + " has " + Files.size(file) + " bytes, allowed are " + FILE_BYTES_MAX);
      }
      return Files.readString(file);
    } catch (CharacterCodingException malformed) {
      throw new TokenizerException(file + " is not valid UTF-8", malformed);
    } catch (IOException unreadable) {
      throw new TokenizerException(
          file + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  SpecialTokens specialTokens() {
    return new SpecialTokens(
        role("bos_token"), role("eos_token"), role("pad_token"), role("unk_token"));
  }

  /** A token is written as its spelling or as an object that holds it. */
  private Optional<String> role(String name) {
    JsonNode node = tokenizerConfig.path(name);
    JsonNode spelling = node.isObject() ? node.path("content") : node;
    return spelling.isTextual() ? Optional.of(spelling.textValue()) : Optional.empty();
  }

  /** Ids of tokens that end an answer, from all files that name some. */
  SortedSet<Integer> stopTokenIds(Tokenizer tokenizer) {
    SortedSet<Integer> ids = new TreeSet<>();
    collect(json("generation_config.json").path("eos_token_id"), "generation_config.json", ids);
    JsonNode config = json("config.json");
    collect(config.path("eos_token_id"), "config.json", ids);
    collect(config.path("text_config").path("eos_token_id"), "config.json", ids);
    Optional<String> eos = role("eos_token");
    if (eos.isPresent()) {
      int id = tokenizer
          .idOf(eos.get())
          .orElseThrow(() -> new TokenizerException(folder.resolve("tokenizer_config.json")
              + " names the end token '" + eos.get() + "', which tokenizer.json does not have"));
      ids.add(id);
    }
    return ids;
  }

  private void collect(JsonNode value, String name, SortedSet<Integer> ids) {
    if (value.isArray()) {
      value.forEach(one -> collect(one, name, ids));
    } else if (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0) {
      ids.add(value.intValue());
    } else if (!value.isMissingNode() && !value.isNull()) {
      throw new TokenizerException(
          folder.resolve(name) + " has an eos_token_id that is no token id: " + value);
    }
  }

  /**
   * The template: {@code chat_template.jinja} (with {@code additional_chat_templates/tool_use.jinja}),
   * else {@code chat_template} of {@code tokenizer_config.json}, else of {@code chat_template.json}.
   */
  Optional<TemplateText> template() {
    Path file = folder.resolve("chat_template.jinja");
    if (Files.isRegularFile(file)) {
      Path tools = folder.resolve("additional_chat_templates").resolve("tool_use.jinja");
      return Optional.of(new TemplateText(
          text(file), Files.isRegularFile(tools) ? Optional.of(text(tools)) : Optional.empty()));
    }
    JsonNode inConfig = tokenizerConfig.path("chat_template");
    String name = "tokenizer_config.json";
    if (inConfig.isMissingNode() || inConfig.isNull()) {
      name = "chat_template.json";
      inConfig = json(name).path("chat_template");
    }
    if (inConfig.isTextual()) {
      return Optional.of(new TemplateText(inConfig.textValue(), Optional.empty()));
    }
    if (inConfig.isArray()) {
      return Optional.of(named(inConfig, name));
    }
    if (!inConfig.isMissingNode() && !inConfig.isNull()) {
      throw new TokenizerException(folder.resolve(name)
          + " must give chat_template as text or as a list of named templates");
    }
    return Optional.empty();
  }

  /** A list of {@code {"name": …, "template": …}}; the one called {@code default} is the plain one. */
  private TemplateText named(JsonNode list, String file) {
    Optional<String> plain = Optional.empty();
    Optional<String> withTools = Optional.empty();
    for (JsonNode entry : list) {
      Optional<String> text = Optional.ofNullable(entry.path("template").textValue());
      switch (entry.path("name").asText()) {
        case "default" -> plain = text;
        case "tool_use" -> withTools = text;
        default -> {}
      }
    }
    if (plain.isEmpty()) {
      throw new TokenizerException(
          folder.resolve(file) + " has a list of chat templates, but none named 'default'");
    }
    return new TemplateText(plain.get(), withTools);
  }
}
