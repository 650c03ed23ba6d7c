package io.souffleur.clusterconfig.cli;

import java.util.List;

/**
 * Page sizes that go with a way of keeping recurrent states for prefixes.
 *
 * <p>{@code no_buffer} stores a state where a request ends, so pages hold one token. {@code
 * extra_buffer} stores states at multiples of a chunk of {@code max(64, page)} tokens, so one of 64
 * and the page size must divide the other. The prefix cache itself is not built yet; the rules hold
 * already, so that a command that works today will work then.
 */
final class StateCacheRules {
  static final int CHUNK_TOKENS = 64;

  private static final String STRATEGY = "--mamba-scheduler-strategy";

  private StateCacheRules() {}

  /** The page size of the launch; adds a notice when it is not the given one. */
  static int pageTokens(ParsedFlags flags, List<String> notices) throws LaunchError {
    int page = flags.count("--page-size").orElseThrow();
    boolean noPrefixes = flags.given("--disable-radix-cache");
    String strategy = flags.textOrDefault(STRATEGY);
    if (strategy.equals("no_buffer")) {
      boolean pagesForced =
          flags.text("--attention-backend").equals(java.util.Optional.of("trtllm_mha"));
      if (noPrefixes || pagesForced) {
        return page;
      }
      if (page > 1 && flags.given("--page-size")) {
        notices.add("--page-size " + page + " is set to 1: " + STRATEGY
            + " no_buffer stores a state after any token");
      }
      return 1;
    }
    if (noPrefixes) {
      if (!strategy.equals("auto")) {
        throw new LaunchError(STRATEGY + " " + strategy
            + " keeps states for prefixes, and --disable-radix-cache keeps none; use no_buffer");
      }
      return page;
    }
    checkExtraBuffer(page, flags.count("--mamba-track-interval").orElseThrow());
    return page;
  }

  private static void checkExtraBuffer(int page, int interval) throws LaunchError {
    int larger = Math.max(CHUNK_TOKENS, page);
    int smaller = Math.min(CHUNK_TOKENS, page);
    if (larger % smaller != 0) {
      throw new LaunchError("--page-size " + page + ": must divide " + CHUNK_TOKENS
          + " or be a multiple of it (1, 2, 4, 8, 16, 32, 64, 128, 192, …), unless " + STRATEGY
          + " is no_buffer");
    }
    if (interval % page != 0) {
      throw new LaunchError(
          "--mamba-track-interval " + interval + ": must be a multiple of the page size, " + page);
    }
  }
}
