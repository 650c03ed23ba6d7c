package io.souffleur.clusterconfig.cli;

import java.util.List;
import java.util.Optional;

/**
 * The flags of the prefix cache, and which of them do not go together.
 *
 * <p>Commands for SGLang must mean the same here, so its rules hold where they cost nothing: with {@code
 * extra_buffer} one of 64 and the page size divides the other, and states are kept at multiples of the
 * page size. There {@code no_buffer} needs pages of one token; here a state may be kept after any token
 * of a page, so the page size stays as asked, and the launch says so.
 */
final class CacheRules {
  static final int CHUNK_TOKENS = 64;

  private static final String STRATEGY = "--mamba-scheduler-strategy";
  private static final String NO_PREFIXES = "--disable-radix-cache";
  private static final Optional<String> FORCED_PAGES = Optional.of("trtllm_mha");

  private CacheRules() {}

  /** Checks the page size, too; adds a notice where something is not as it was asked for. */
  static CacheOptions read(ParsedFlags flags, List<String> notices) throws LaunchError {
    int page = flags.count("--page-size").orElseThrow();
    int interval = flags.count("--mamba-track-interval").orElseThrow();
    String strategy = flags.textOrDefault(STRATEGY);
    boolean inPlace = strategy.equals("no_buffer");
    boolean prefixes = !flags.given(NO_PREFIXES);
    if (inPlace && prefixes) {
      prefixes = keptInPlace(page, flags, notices);
    } else if (!inPlace && prefixes) {
      checkExtraBuffer(page, interval);
    } else if (!inPlace && !strategy.equals("auto")) {
      throw new LaunchError(STRATEGY + " " + strategy + " keeps states for prefixes, and "
          + NO_PREFIXES + " keeps none; use no_buffer");
    }
    return new CacheOptions(
        prefixes,
        inPlace,
        flags.count("--max-mamba-cache-size"),
        flags.real("--mamba-full-memory-ratio").orElseThrow(),
        interval,
        TierRules.read(flags, prefixes, notices));
  }

  /** Whether prefixes are kept with {@code no_buffer}. */
  private static boolean keptInPlace(int page, ParsedFlags flags, List<String> notices) {
    if (flags.text("--attention-backend").equals(FORCED_PAGES)) {
      notices.add("no prefix is kept: " + STRATEGY + " no_buffer with --attention-backend "
          + FORCED_PAGES.get() + " turns the prefix cache off, as in SGLang; use extra_buffer");
      return false;
    }
    if (page > 1 && flags.given("--page-size")) {
      notices.add("--page-size " + page + " stays with " + STRATEGY
          + " no_buffer: a state is kept after any token of a page (SGLang would take 1)");
    }
    return true;
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
