package io.souffleur.clusterconfig.conformance;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.souffleur.tokenizer.ChatTemplate;
import io.souffleur.tokenizer.SpecialTokens;
import io.souffleur.tokenizer.TemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Conversations rendered by the chat template that their file names. */
final class ChatSuite implements Suite {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final TypeReference<List<Object>> LIST = new TypeReference<>() {};
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
  private static final int SHOWN_CHARS = 40;

  private final Path folder;
  private final List<Path> caseFiles;

  ChatSuite(Path folder, List<Path> caseFiles) {
    this.folder = folder;
    this.caseFiles = caseFiles;
  }

  @Override
  public void run(String backend, Consumer<Row> rows) throws IOException {
    for (Path file : caseFiles) {
      JsonNode cases = GoldenKinds.json(file);
      Path source = folder.resolve(cases.path("template").asText());
      if (!Files.isRegularFile(source) || !folder.equals(source.getParent())) {
        throw new IOException(file + " names the template '"
            + cases.path("template").asText() + "', which is not in its folder");
      }
      ChatTemplate template;
      try {
        template =
            ChatTemplate.parse(Files.readString(source), SpecialTokens.NONE, Clock.systemUTC());
      } catch (TemplateException failure) {
        throw new IOException(source + ": " + failure.getMessage(), failure);
      }
      for (JsonNode row : cases.path("rows")) {
        rows.accept(check(template, row));
      }
    }
  }

  private Row check(ChatTemplate template, JsonNode row) {
    String name = folder.getFileName() + " " + row.path("name").asText();
    Map<String, Object> options = MAPPER.convertValue(row.path("options"), MAP);
    Object prompt = options.remove("add_generation_prompt");
    Object tools = options.remove("tools");
    String expected =
        row.has("error") ? row.path("error").asText() : row.path("rendered").asText();
    boolean refused = false;
    String found;
    try {
      found = template.render(
          MAPPER.convertValue(row.path("messages"), LIST),
          tools == null ? List.of() : (List<?>) tools,
          !Boolean.FALSE.equals(prompt),
          options);
    } catch (TemplateException refusal) {
      found = refusal.getMessage();
      refused = true;
    }
    boolean equal = refused == row.has("error") && expected.equals(found);
    return Row.exact(name, equal, difference(expected, found));
  }

  private static String difference(String expected, String found) {
    int at = 0;
    while (at < Math.min(expected.length(), found.length())
        && expected.charAt(at) == found.charAt(at)) {
      at++;
    }
    return "at character " + at + " expected '" + from(expected, at) + "', found '"
        + from(found, at) + "'";
  }

  private static String from(String text, int at) {
    String shown = text.substring(at, Math.min(text.length(), at + SHOWN_CHARS));
    return shown.replace("\n", "\\n");
  }
}
