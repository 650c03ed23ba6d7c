package io.souffleur.clusterconfig.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.cli.ModelOptions.Dtype;
import io.souffleur.clusterconfig.cli.ModelOptions.Source;
import io.souffleur.clusterconfig.cli.ProcessOptions.Isolation;
import io.souffleur.clusterconfig.cli.TextOptions.SamplingDefaults;
import io.souffleur.http.HttpSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Turns flags into launch options, and refuses values that do not go together. */
public final class LaunchReader {
  /** Waiting requests when nothing else is asked for. */
  static final int QUEUED_REQUESTS = 256;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> LOADER_KEYS = Set.of("enable_multithread_load", "num_threads");

  /** Names that rendering itself gives to a template. */
  private static final List<String> TEMPLATE_KEYS =
      List.of("chat_template", "messages", "tools", "add_generation_prompt", "documents");

  private LaunchReader() {}

  public static Launch read(ParsedFlags flags) throws LaunchError {
    List<String> notices = new ArrayList<>(flags.notices());
    checkLoaderConfig(flags.textOrDefault("--model-loader-extra-config"));
    LaunchOptions options = new LaunchOptions(
        model(flags),
        engine(flags, notices),
        text(flags),
        server(flags),
        process(flags),
        flags.shown());
    return new Launch(options, notices);
  }

  private static ModelOptions model(ParsedFlags flags) throws LaunchError {
    Optional<Path> folder = folder(flags, "--model-path");
    Optional<Path> tokenizer = folder(flags, "--tokenizer-path");
    Dtype dtype = switch (flags.textOrDefault("--dtype")) {
      case "bfloat16" -> Dtype.BFLOAT16;
      case "float", "float32" -> Dtype.FLOAT32;
      default -> Dtype.AUTO;
    };
    Source source =
        flags.textOrDefault("--load-format").equals("dummy") ? Source.DUMMY : Source.FILES;
    return new ModelOptions(folder, tokenizer, dtype, source, flags.count("--context-length"));
  }

  private static Optional<Path> folder(ParsedFlags flags, String name) throws LaunchError {
    Optional<String> text = flags.text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Path folder = Path.of(text.get());
    if (Files.isDirectory(folder)) {
      return Optional.of(folder);
    }
    throw new LaunchError(name + " " + text.get() + ": "
        + (Files.exists(folder) ? "this is a file" : "there is no such folder")
        + "; name a local folder in Hugging Face layout, nothing is downloaded");
  }

  private static EngineOptions engine(ParsedFlags flags, List<String> notices) throws LaunchError {
    CacheOptions cache = CacheRules.read(flags, notices);
    int page = flags.count("--page-size").orElseThrow();
    OptionalInt chunk = flags.count("--chunked-prefill-size");
    if (chunk.isPresent()) {
      int tokens = Math.max(0, chunk.getAsInt());
      if (tokens % page != 0) {
        throw new LaunchError(
            "--chunked-prefill-size " + tokens + ": must be a multiple of the page size, " + page
                + ", or -1 to compute prompts whole");
      }
      chunk = OptionalInt.of(tokens);
    }
    OptionalLong total = flags.number("--max-total-tokens");
    if (total.isPresent() && total.getAsLong() < page) {
      throw new LaunchError("--max-total-tokens " + total.getAsLong()
          + ": must hold at least one page of " + page + " tokens");
    }
    return new EngineOptions(
        flags.real("--mem-fraction-static"),
        flags.count("--max-running-requests"),
        flags.count("--max-queued-requests").orElse(QUEUED_REQUESTS),
        total,
        chunk,
        page,
        cache,
        ScheduleRules.read(flags));
  }

  private static TextOptions text(ParsedFlags flags) throws LaunchError {
    Optional<Path> template = flags.text("--chat-template").map(Path::of);
    if (template.isPresent()) {
      checkTemplateFile(template.get());
    }
    return new TextOptions(
        flags.text("--reasoning-parser"),
        flags.text("--tool-call-parser"),
        template,
        templateDefaults(flags),
        flags.textOrDefault("--sampling-defaults").equals("openai")
            ? SamplingDefaults.OPENAI
            : SamplingDefaults.MODEL);
  }

  private static void checkTemplateFile(Path file) throws LaunchError {
    String name = file.toString();
    if (!name.endsWith(".jinja") && !name.endsWith(".json")) {
      throw new LaunchError("--chat-template " + file
          + ": no template has this name built in; name a .jinja or .json file");
    }
    if (!Files.isRegularFile(file)) {
      throw new LaunchError("--chat-template " + file + ": there is no such file");
    }
  }

  private static ServerOptions server(ParsedFlags flags) throws LaunchError {
    Optional<String> name = flags.text("--served-model-name");
    if (name.isPresent() && (name.get().isBlank() || name.get().indexOf(':') >= 0)) {
      throw new LaunchError("--served-model-name '" + name.get()
          + "': must not be empty nor contain a colon, which names an adapter in requests");
    }
    return new ServerOptions(
        flags.textOrDefault("--host"),
        flags.count("--port").orElseThrow(),
        name,
        flags.count("--stream-interval").orElseThrow(),
        flags.given("--incremental-streaming-output"),
        flags.given("--enable-cache-report"),
        new HttpSettings.Keys(key(flags, "--api-key"), key(flags, "--admin-api-key")),
        level(flags.textOrDefault("--log-level")));
  }

  private static Optional<HttpSettings.ApiKey> key(ParsedFlags flags, String name)
      throws LaunchError {
    Optional<String> key = flags.text(name);
    if (key.isPresent() && key.get().isBlank()) {
      throw new LaunchError(name + ": must not be blank; leave the flag out to ask for no key");
    }
    return key.map(HttpSettings.ApiKey::new);
  }

  private static String level(String name) {
    return switch (name) {
      case "warning" -> "WARN";
      case "critical" -> "ERROR";
      default -> name.toUpperCase(Locale.ROOT);
    };
  }

  private static ProcessOptions process(ParsedFlags flags) {
    return new ProcessOptions(
        flags.textOrDefault("--isolation").equals("thread") ? Isolation.THREAD : Isolation.PROCESS,
        flags.textOrDefault("--backend"),
        flags.count("--cpu-threads"),
        stepDeadline(flags));
  }

  private static Optional<Duration> stepDeadline(ParsedFlags flags) {
    String name = "--watchdog-timeout";
    if (!flags.given(name)) {
      return Optional.empty();
    }
    double millis = 1_000 * flags.real(name).orElseThrow();
    return Optional.of(Duration.ofMillis(Math.max(1, Math.round(millis))));
  }

  private static Map<String, Object> templateDefaults(ParsedFlags flags) throws LaunchError {
    String name = "--default-chat-template-kwargs";
    try {
      Map<String, Object> defaults =
          JSON.readValue(flags.textOrDefault(name), new TypeReference<Map<String, Object>>() {});
      for (String key : TEMPLATE_KEYS) {
        if (defaults.containsKey(key)) {
          throw new LaunchError(name + ": " + key + " cannot be set by a variable");
        }
      }
      return defaults;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(name + " was checked to be a JSON object", e);
    }
  }

  /** Takes {@code "true"} for true: printed commands have it so. */
  private static void checkLoaderConfig(String text) throws LaunchError {
    JsonNode config;
    try {
      config = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the value was checked to be a JSON object", e);
    }
    for (Map.Entry<String, JsonNode> entry : config.properties()) {
      String value = entry.getValue().asText();
      boolean good = switch (entry.getKey()) {
        case "enable_multithread_load" -> value.equals("true") || value.equals("false");
        case "num_threads" -> value.matches("[1-9]\\d{0,3}");
        default ->
          throw new LaunchError(
              "--model-loader-extra-config: unknown key '" + entry.getKey() + "'; known are "
                  + String.join(", ", LOADER_KEYS.stream().sorted().toList()));
      };
      if (!good) {
        throw new LaunchError("--model-loader-extra-config: " + entry.getKey() + " takes "
            + (entry.getKey().equals("num_threads") ? "1…9999" : "true or false") + ", not "
            + entry.getValue());
      }
    }
  }
}
