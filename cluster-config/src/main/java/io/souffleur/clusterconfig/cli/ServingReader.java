package io.souffleur.clusterconfig.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.souffleur.clusterconfig.cli.ServingOptions.Backend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Turns flags into what {@code bench serving} does; a flag wins over a preset, which wins over defaults. */
final class ServingReader {
  private static final String ANY_ADDRESS = "0.0.0.0";

  private final ParsedFlags flags;
  private final Optional<ServingPreset> preset;

  private ServingReader(ParsedFlags flags) {
    this.flags = flags;
    this.preset = flags.text("--preset").map(ServingPreset::named);
  }

  static ServingOptions read(ParsedFlags flags, List<String> words) throws LaunchError {
    ServingReader reader = new ServingReader(flags);
    ServingOptions.Target target = reader.target();
    return new ServingOptions(
        target, reader.data(target.backend()), reader.load(), reader.output(words));
  }

  private Optional<String> text(String name) {
    if (!flags.given(name) && preset.isPresent()) {
      Optional<String> published = preset.get().value(name);
      if (published.isPresent()) {
        return published;
      }
    }
    return flags.text(name);
  }

  private int count(String name) {
    return optionalCount(name).orElseThrow();
  }

  private OptionalInt optionalCount(String name) {
    return text(name).stream().mapToInt(Integer::parseInt).findFirst();
  }

  private ServingOptions.Target target() throws LaunchError {
    Backend backend = switch (flags.textOrDefault("--backend")) {
      case "sglang-oai" -> Backend.SGLANG_OAI;
      case "sglang-oai-chat" -> Backend.SGLANG_OAI_CHAT;
      case "vllm" -> Backend.VLLM;
      case "vllm-chat" -> Backend.VLLM_CHAT;
      default -> Backend.SGLANG;
    };
    return new ServingOptions.Target(
        backend,
        baseUrl(backend),
        flags.text("--model"),
        flags.text("--served-model-name"),
        tokenizer(),
        headers(),
        extraBody(),
        !flags.given("--disable-stream"),
        !flags.given("--disable-ignore-eos"),
        flags.given("--return-logprob"),
        count("--ready-check-timeout-sec"));
  }

  private String baseUrl(Backend backend) throws LaunchError {
    Optional<String> given = flags.text("--base-url");
    if (given.isPresent()) {
      if (!given.get().startsWith("http://") && !given.get().startsWith("https://")) {
        throw new LaunchError(
            "--base-url " + given.get() + ": must begin with http:// or https://");
      }
      return given.get().replaceAll("/+$", "");
    }
    String host = flags.textOrDefault("--host");
    if (host.equals(ANY_ADDRESS)) {
      host = "127.0.0.1";
    }
    int port = flags.count("--port").orElse(backend.port());
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private Optional<Path> tokenizer() throws LaunchError {
    Optional<Path> folder = flags.text("--tokenizer").map(Path::of);
    if (folder.isPresent() && !Files.isDirectory(folder.get())) {
      throw new LaunchError("--tokenizer " + folder.get()
          + ": there is no such folder; name a local checkpoint folder, nothing is downloaded");
    }
    return folder;
  }

  private Map<String, String> headers() throws LaunchError {
    Map<String, String> headers = new LinkedHashMap<>();
    Flag flag = flags.table().require("--header");
    for (String pair : flags.values().getOrDefault(flag, List.of())) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new LaunchError("--header " + pair + ": must be NAME=VALUE");
      }
      headers.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return headers;
  }

  private Map<String, Object> extraBody() {
    try {
      return new ObjectMapper()
          .readValue(
              flags.text("--extra-request-body").orElse("{}"),
              new TypeReference<Map<String, Object>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("--extra-request-body was checked to be an object", e);
    }
  }

  private ServingOptions.Data data(Backend backend) throws LaunchError {
    String name = text("--dataset-name").orElseThrow();
    boolean asIds = flags.given("--tokenize-prompt");
    if (asIds && (backend != Backend.SGLANG || !name.startsWith("random"))) {
      throw new LaunchError("--tokenize-prompt: only --backend sglang takes token ids, and only"
          + " random and random-ids make them; got " + backend.label() + " and " + name);
    }
    return new ServingOptions.Data(
        name,
        dataFile(),
        count("--num-prompts"),
        flags.number("--seed").orElseThrow(),
        new ServingOptions.RandomLengths(
            count("--random-input-len"),
            count("--random-output-len"),
            flags.real("--random-range-ratio").orElseThrow()),
        optionalCount("--sharegpt-output-len"),
        optionalCount("--sharegpt-context-len"),
        flags.given("--apply-chat-template"),
        asIds,
        sharedPrefix());
  }

  private Optional<Path> dataFile() throws LaunchError {
    Optional<Path> file =
        flags.text("--dataset-path").filter(path -> !path.isEmpty()).map(Path::of);
    if (file.isPresent() && !Files.isRegularFile(file.get())) {
      throw new LaunchError(
          "--dataset-path " + file.get() + ": there is no such file, and nothing is downloaded");
    }
    return file;
  }

  private ServingOptions.SharedPrefix sharedPrefix() {
    return new ServingOptions.SharedPrefix(
        count("--gsp-num-groups"),
        count("--gsp-prompts-per-group"),
        count("--gsp-system-prompt-len"),
        count("--gsp-question-len"),
        count("--gsp-output-len"),
        flags.given("--gsp-ordered"));
  }

  private ServingOptions.Load load() {
    return new ServingOptions.Load(
        ValueKind.Rate.parse(flags.textOrDefault("--request-rate")),
        optionalCount("--max-concurrency"),
        count("--warmup-requests"),
        flags.given("--flush-cache"));
  }

  private ServingOptions.Output output(List<String> words) {
    return new ServingOptions.Output(
        flags.text("--output-file").map(Path::of),
        flags.given("--output-details"),
        flags.given("--print-requests"),
        !flags.given("--disable-tqdm"),
        flags.text("--tag"),
        words);
  }
}
