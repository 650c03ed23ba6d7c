package io.souffleur.clusterconfig.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What {@code bench serving} sends where, how fast, and where the result goes. */
public record ServingOptions(Target target, Data data, Load load, Output output) {

  /** The servers whose wire formats the client speaks. */
  public enum Backend {
    SGLANG("sglang", 30_000),
    SGLANG_OAI("sglang-oai", 30_000),
    SGLANG_OAI_CHAT("sglang-oai-chat", 30_000),
    VLLM("vllm", 8_000),
    VLLM_CHAT("vllm-chat", 8_000);

    private final String label;
    private final int port;

    Backend(String label, int port) {
      this.label = label;
      this.port = port;
    }

    /** Name on the command line and in results. */
    public String label() {
      return label;
    }

    int port() {
      return port;
    }
  }

  /**
   * @param baseUrl without a slash at its end
   * @param model checkpoint name or folder; empty for the first that the server lists
   * @param servedName name in requests, if it differs from {@code model}
   * @param tokenizer checkpoint folder to count tokens with; empty to find it out
   * @param headers further headers of every request
   * @param extraBody further keys of every request's body; they replace equal ones
   * @param readySecondsMax how long to wait for a server that does not answer yet
   */
  public record Target(
      Backend backend,
      String baseUrl,
      Optional<String> model,
      Optional<String> servedName,
      Optional<Path> tokenizer,
      Map<String, String> headers,
      Map<String, Object> extraBody,
      boolean streams,
      boolean ignoresEos,
      boolean wantsLogprobs,
      int readySecondsMax) {}

  /**
   * @param name {@code sharegpt}, {@code random}, {@code random-ids} or {@code generated-shared-prefix}
   * @param file conversations in ShareGPT's layout; empty for the bundled ones
   * @param prompts requests to make
   * @param asIds sends token ids instead of text
   */
  public record Data(
      String name,
      Optional<Path> file,
      int prompts,
      long seed,
      RandomLengths random,
      OptionalInt shareGptOutputTokens,
      OptionalInt shareGptContextTokens,
      boolean chatTemplate,
      boolean asIds,
      SharedPrefix sharedPrefix) {}

  /** Lengths are uniform from {@code rangeRatio} of the full length to the full length. */
  public record RandomLengths(int inputTokens, int outputTokens, double rangeRatio) {}

  /** Groups of prompts that begin alike; lengths in tokens. */
  public record SharedPrefix(
      int groups,
      int promptsPerGroup,
      int systemTokens,
      int questionTokens,
      int outputTokens,
      boolean ordered) {}

  /**
   * @param requestsPerSecond mean of a Poisson process; infinite to send at once
   * @param concurrencyMax requests that run at a time; empty for no limit
   * @param warmups requests before the timed ones
   */
  public record Load(
      double requestsPerSecond, OptionalInt concurrencyMax, int warmups, boolean flushesCache) {}

  /**
   * @param file result file; empty for a name made from the options
   * @param details whether the result holds every request
   * @param printsRequests a line for every request that ends
   * @param bar whether progress is shown
   */
  public record Output(
      Optional<Path> file,
      boolean details,
      boolean printsRequests,
      boolean bar,
      Optional<String> tag,
      List<String> words) {
    public Output {
      words = List.copyOf(words);
    }
  }
}
